/**
 * DynamoDB Local listens on all interfaces and has no option to change that. This is `Loopback.java`
 * (beside this file), compiled: it starts DynamoDB Local bound to 127.0.0.1. A Java runtime has no
 * compiler, so the class is kept as it came out of
 * `javac -g:none --release 17 -cp 'DynamoDBLocal.jar:DynamoDBLocal_lib/*' Loopback.java`, in Base64.
 */
export const loopback_class: Buffer = Buffer.from(
  "yv66vgAAAD0APQoAAgADBwAEDAAFAAYBABBqYXZhL2xhbmcvT2JqZWN0AQAGPGluaXQ+AQADKClWCgAIAAkHAAoM" +
    "AAsADAEAOXNvZnR3YXJlL2FtYXpvbi9keW5hbW9kYi9zZXJ2aWNlcy9sb2NhbC9tYWluL1NlcnZlclJ1bm5lcgEA" +
    "H2NyZWF0ZVNlcnZlckZyb21Db21tYW5kTGluZUFyZ3MBAFkoW0xqYXZhL2xhbmcvU3RyaW5nOylMc29mdHdhcmUv" +
    "YW1hem9uL2R5bmFtb2RiL3NlcnZpY2VzL2xvY2FsL3NlcnZlci9EeW5hbW9EQlByb3h5U2VydmVyOwcADgEAQnNv" +
    "ZnR3YXJlL2FtYXpvbi9keW5hbW9kYi9zZXJ2aWNlcy9sb2NhbC9zZXJ2ZXIvRHluYW1vREJQcm94eVNlcnZlcggA" +
    "EAEABnNlcnZlcgoAEgATBwAUDAAVABYBAA9qYXZhL2xhbmcvQ2xhc3MBABBnZXREZWNsYXJlZEZpZWxkAQAtKExq" +
    "YXZhL2xhbmcvU3RyaW5nOylMamF2YS9sYW5nL3JlZmxlY3QvRmllbGQ7CgAYABkHABoMABsAHAEAF2phdmEvbGFu" +
    "Zy9yZWZsZWN0L0ZpZWxkAQANc2V0QWNjZXNzaWJsZQEABChaKVYKABgAHgwAHwAgAQADZ2V0AQAmKExqYXZhL2xh" +
    "bmcvT2JqZWN0OylMamF2YS9sYW5nL09iamVjdDsHACIBAB9vcmcvZWNsaXBzZS9qZXR0eS9zZXJ2ZXIvU2VydmVy" +
    "CgAhACQMACUAJgEADWdldENvbm5lY3RvcnMBACcoKVtMb3JnL2VjbGlwc2UvamV0dHkvc2VydmVyL0Nvbm5lY3Rv" +
    "cjsHACgBAChvcmcvZWNsaXBzZS9qZXR0eS9zZXJ2ZXIvU2VydmVyQ29ubmVjdG9yCAAqAQAJMTI3LjAuMC4xCgAn" +
    "ACwMAC0ALgEAB3NldEhvc3QBABUoTGphdmEvbGFuZy9TdHJpbmc7KVYKAA0AMAwAMQAGAQAFc3RhcnQKAA0AMwwA" +
    "NAAGAQAEam9pbgcANgEACExvb3BiYWNrAQAEQ29kZQEABG1haW4BABYoW0xqYXZhL2xhbmcvU3RyaW5nOylWAQAK" +
    "RXhjZXB0aW9ucwcAPAEAE2phdmEvbGFuZy9FeGNlcHRpb24AMQA1AAIAAAAAAAIAAQAFAAYAAQA3AAAAEQABAAEA" +
    "AAAFKrcAAbEAAAAAAAkAOAA5AAIANwAAADwAAgADAAAAMCq4AAdMEg0SD7YAEU0sBLYAFywrtgAdwAAhtgAjAzLA" +
    "ACcSKbYAKyu2AC8rtgAysQAAAAAAOgAAAAQAAQA7AAA=",
  "base64",
);
