"""The counter with boto3 on DynamoDB: `racy` puts what it has read plus one; `conditional` does so only if nobody else
has put meanwhile, else it says that it is out of sync; `repaired` then tries again.

raceproof race --database dynamodb --schema examples/any-language/counter.dynamodb \
  --setup 'PutItem {"TableName": "Counter", "Item": {"id": {"S": "a"}, "count_value": {"N": "0"}}}' \
  --check "SELECT * FROM Counter WHERE id = 'a' AND count_value = 2" \
  -- python3 examples/any-language/python/boto3_counter.py racy
"""

import os
import sys

import boto3
from botocore.config import Config

way = sys.argv[1]
counter = boto3.resource(
    "dynamodb",
    # Newer versions of boto3 read this variable by themselves.
    endpoint_url=os.environ["AWS_ENDPOINT_URL_DYNAMODB"],
    config=Config(retries={"total_max_attempts": 1}),
).Table("Counter")
Refused = counter.meta.client.exceptions.ConditionalCheckFailedException

while True:
    item = counter.get_item(Key={"id": "a"}, ConsistentRead=True)["Item"]
    count = item["count_value"]
    condition = {
        "ConditionExpression": "count_value = :read",
        "ExpressionAttributeValues": {":read": count},
    }
    try:
        counter.put_item(
            Item={"id": "a", "count_value": count + 1}, **({} if way == "racy" else condition)
        )
        break
    except Refused:
        if way == "conditional":
            sys.exit(f"out of sync: the counter was no longer {count}")
print(count + 1)
