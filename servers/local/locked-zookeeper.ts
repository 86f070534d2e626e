/**
 * ZooKeeper lets anybody open a session, and its digest scheme takes any user with any password. This is
 * `LockedZookeeper.java` (beside this file), compiled: a digest scheme that takes only one login. The server is told to
 * demand it before it answers any request of a session. The class is kept as it came out of `javac -g:none --release 17
 * -cp zookeeper.jar:zookeeper-jute.jar LockedZookeeper.java`, in Base64.
 */
export const locked_zookeeper: Buffer = Buffer.from(
  "yv66vgAAAD0ATgoAAgADBwAEDAAFAAYBABBqYXZhL2xhbmcvT2JqZWN0AQAGPGluaXQ+AQADKClWCAAIAQAZem9va2Vl" +
    "cGVyLnJhY2Vwcm9vZi5sb2dpbgoACgALBwAMDAANAA4BABBqYXZhL2xhbmcvU3lzdGVtAQALZ2V0UHJvcGVydHkBACYo" +
    "TGphdmEvbGFuZy9TdHJpbmc7KUxqYXZhL2xhbmcvU3RyaW5nOwkAEAARBwASDAATABQBAA9Mb2NrZWRab29rZWVwZXIB" +
    "AAVsb2dpbgEAEkxqYXZhL2xhbmcvU3RyaW5nOwgAFgEABmRpZ2VzdAoAGAAZBwAaDAAbABwBABBqYXZhL2xhbmcvU3Ry" +
    "aW5nAQAIZ2V0Qnl0ZXMBAAQoKVtCCgAeAB8HACAMACEAIgEAG2phdmEvc2VjdXJpdHkvTWVzc2FnZURpZ2VzdAEAB2lz" +
    "RXF1YWwBAAcoW0JbQilaCQAkACUHACYMACcAKAEAKW9yZy9hcGFjaGUvem9va2VlcGVyL0tlZXBlckV4Y2VwdGlvbiRD" +
    "b2RlAQAKQVVUSEZBSUxFRAEAK0xvcmcvYXBhY2hlL3pvb2tlZXBlci9LZWVwZXJFeGNlcHRpb24kQ29kZTsHACoBABxv" +
    "cmcvYXBhY2hlL3pvb2tlZXBlci9kYXRhL0lkCAAsAQAJcmFjZXByb29mCgApAC4MAAUALwEAJyhMamF2YS9sYW5nL1N0" +
    "cmluZztMamF2YS9sYW5nL1N0cmluZzspVgoAMQAyBwAzDAA0ADUBACZvcmcvYXBhY2hlL3pvb2tlZXBlci9zZXJ2ZXIv" +
    "U2VydmVyQ254bgEAC2FkZEF1dGhJbmZvAQAhKExvcmcvYXBhY2hlL3pvb2tlZXBlci9kYXRhL0lkOylWCQAkADcMADgA" +
    "KAEAAk9LCgAYADoMADsAPAEABmVxdWFscwEAFShMamF2YS9sYW5nL09iamVjdDspWgcAPgEAN29yZy9hcGFjaGUvem9v" +
    "a2VlcGVyL3NlcnZlci9hdXRoL0F1dGhlbnRpY2F0aW9uUHJvdmlkZXIBAARDb2RlAQAJZ2V0U2NoZW1lAQAUKClMamF2" +
    "YS9sYW5nL1N0cmluZzsBABRoYW5kbGVBdXRoZW50aWNhdGlvbgEAVyhMb3JnL2FwYWNoZS96b29rZWVwZXIvc2VydmVy" +
    "L1NlcnZlckNueG47W0IpTG9yZy9hcGFjaGUvem9va2VlcGVyL0tlZXBlckV4Y2VwdGlvbiRDb2RlOwEADVN0YWNrTWFw" +
    "VGFibGUBAAdtYXRjaGVzAQAnKExqYXZhL2xhbmcvU3RyaW5nO0xqYXZhL2xhbmcvU3RyaW5nOylaAQAPaXNBdXRoZW50" +
    "aWNhdGVkAQADKClaAQAHaXNWYWxpZAEAFShMamF2YS9sYW5nL1N0cmluZzspWgEADElubmVyQ2xhc3NlcwcATQEAJG9y" +
    "Zy9hcGFjaGUvem9va2VlcGVyL0tlZXBlckV4Y2VwdGlvbgAxABAAAgABAD0AAQASABMAFAAAAAYAAQAFAAYAAQA/AAAA" +
    "GgACAAEAAAAOKrcAASoSB7gACbUAD7EAAAAAAAEAQABBAAEAPwAAAA8AAQABAAAAAxIVsAAAAAAAAQBCAEMAAQA/AAAA" +
    "RgAFAAMAAAAwKrQAD8YAFSzGABEsKrQAD7YAF7gAHZoAB7IAI7AruwApWRIVEiu3AC22ADCyADawAAAAAQBEAAAABAAC" +
    "GQMAAQBFAEYAAQA/AAAAEgACAAMAAAAGKyy2ADmsAAAAAAABAEcASAABAD8AAAAOAAEAAQAAAAIErAAAAAAAAQBJAEoA" +
    "AQA/AAAADgABAAIAAAACBKwAAAAAAAEASwAAAAoAAQAkAEwAP0AZ",
  "base64",
);
