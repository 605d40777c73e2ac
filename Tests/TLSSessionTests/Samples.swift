/// Keys made by openssl(1) for these tests; the password is "secret".
enum Samples {
  /// PKCS #8, AES-256-CBC.
  static let encryptedKey = """
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh2nUSpmxDjTwICCAAw
    DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEObQYsc3p/TLeBmWaF8dnB0EgZA0
    xJazYCY5kVJidV7jeYizXj7xIKSywrrlOs9mGmxiTNSoqhSG7XbMheK38dZTERCG
    QlMNNIa9QzD41pNg278ft5EHurEgrUCVdiX7kLts2Qi4QCayqe6L2Iy07fuGOi2i
    Fr+26WphO1tXSUp+cwuKj66HNhBPT7ZixP7hWtjSPW46L8TOn0TpwyXWx0Y9CoU=
    -----END ENCRYPTED PRIVATE KEY-----
    """

  /// The older PEM encryption, with DEK-Info.
  static let legacyEncryptedKey = """
    -----BEGIN EC PRIVATE KEY-----
    Proc-Type: 4,ENCRYPTED
    DEK-Info: AES-128-CBC,CE741C7287C1A9C798B7CEB27764BAAE

    +DZLVloGQYueosK2wz1UE4If8lM9NlsUY3DgaHutRPoEg8vW3tYhngkcwnHpHHIE
    /zBq8A+Zb8lPODAl4773C0quPgOISzbN72xPcqAFpBvHQ75Hagmv4GKPk+5mhP/i
    WVn895iTfEmk0o0gA34HaO2hZpdrb3X965TUxlxC1wE=
    -----END EC PRIVATE KEY-----
    """
}
