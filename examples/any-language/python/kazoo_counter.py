"""Adds one to a counter in ZooKeeper: `kazoo_counter.py racy`, `versioned` or `locked`."""

import os
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import BadVersionError

zookeeper = KazooClient(hosts=os.environ["ZOOKEEPER_HOSTS"])
zookeeper.start()
way = sys.argv[1]


def add(**version):
    data, stat = zookeeper.get("/counter")
    if way == "versioned":
        version["version"] = stat.version
    zookeeper.set("/counter", str(int(data) + 1).encode(), **version)


if way == "locked":
    with zookeeper.Lock("/lock"):
        add()
else:
    while True:
        try:
            add()
            break
        except BadVersionError:
            pass  # Somebody was faster: read again.
zookeeper.stop()
