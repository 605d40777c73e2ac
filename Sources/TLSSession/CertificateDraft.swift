import COpenSSL

/// A certificate in the making.
struct CertificateDraft: ~Copyable {
  /// What a certificate may be used for; leaves carry their subject alternative name.
  enum Usage {
    case authority
    case server(String)
    case client(String)
  }

  let certificate: Certificate

  /// Version 3, a random serial number, subject, validity and public key.
  init(
    commonName: String, validity: CertificateValidity, key: borrowing PrivateKey
  ) throws(TLSError) {
    OpenSSLError.clearQueue()
    guard let certificate = unsafe Certificate.adopt(X509_new()) else {
      throw .configuration("out of memory for a certificate")
    }
    let x509 = unsafe certificate.pointer
    guard let notBefore = time_t(exactly: validity.notBefore),
      let notAfter = time_t(exactly: validity.notAfter), validity.notBefore <= validity.notAfter,
      unsafe X509_set_version(x509, Int(X509_VERSION_3)) == 1,
      unsafe ASN1_TIME_set(X509_getm_notBefore(x509), notBefore) != nil,
      unsafe ASN1_TIME_set(X509_getm_notAfter(x509), notAfter) != nil,
      unsafe X509_set_pubkey(x509, key.pointer) == 1
    else { throw .configuration("the certificate's validity cannot be set") }
    try CertificateDraft.setSerialNumber(of: certificate)
    try CertificateDraft.setSubject(of: certificate, commonName: commonName)
    self.certificate = certificate
  }

  private static func setSerialNumber(of certificate: borrowing Certificate) throws(TLSError) {
    let bytes = try Crypto.randomBytes(16)
    let number = unsafe BN_bin2bn(bytes, Int32(bytes.count), nil)
    defer { unsafe BN_free(number) }
    let serial = unsafe X509_get_serialNumber(certificate.pointer)
    guard unsafe number != nil, unsafe BN_to_ASN1_INTEGER(number, serial) != nil else {
      throw .configuration("cannot set a serial number")
    }
  }

  private static func setSubject(
    of certificate: borrowing Certificate, commonName: String
  ) throws(TLSError) {
    let subject = unsafe X509_get_subject_name(certificate.pointer)
    let text = Array(commonName.utf8)
    guard (1...64).contains(commonName.unicodeScalars.count), !text.contains(0),
      unsafe X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_UTF8, text, Int32(truncatingIfNeeded: text.count), -1, 0) == 1
    else { throw .configuration("a certificate's common name has 1 to 64 characters") }
  }

  /// Adds the extensions for `usage` and signs. For an authority the issuer is the draft itself.
  func sign(
    as usage: Usage, issuer: borrowing Certificate, key: borrowing PrivateKey
  ) throws(TLSError) {
    OpenSSLError.clearQueue()
    let name = unsafe X509_get_subject_name(issuer.pointer)
    guard unsafe X509_set_issuer_name(certificate.pointer, name) == 1 else {
      throw .configuration("cannot set the issuer")
    }
    for (nid, value) in usage.extensions {
      guard
        unsafe COpenSSL_X509_add_extension(certificate.pointer, issuer.pointer, nid, value) == 1
      else { throw .configuration("cannot add the extension \(value)") }
    }
    guard unsafe X509_sign(certificate.pointer, key.pointer, EVP_sha256()) > 0 else {
      throw .configuration("cannot sign the certificate")
    }
  }

  /// `names` in the form of x509v3_config(5). The form of each is checked, because a comma would
  /// start another entry.
  static func alternativeNames(_ names: [String]) throws(TLSError) -> String {
    guard !names.isEmpty else {
      throw TLSError(phase: .configuration, summary: "a certificate needs at least one name")
    }
    var entries: [String] = []
    for name in names {
      let isWildcard = name.hasPrefix("*.")
      switch try ServerName(isWildcard ? String(name.dropFirst(2)) : name) {
      case .dns(let domain): entries.append("DNS:\(isWildcard ? "*." : "")\(domain)")
      case .address(let address): entries.append("IP:\(address)")
      }
    }
    return entries.joined(separator: ",")
  }
}

extension CertificateDraft.Usage {
  /// The extensions of RFC 5280 §4.2.1, in the text form of x509v3_config(5). The subject key
  /// identifier comes before the authority key identifier, which for a root refers to it.
  fileprivate var extensions: [(nid: Int32, value: String)] {
    switch self {
    case .authority:
      [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid:always"),
      ]
    case .server(let names): leaf("serverAuth", names)
    case .client(let names): leaf("clientAuth", names)
    }
  }

  /// An EC key signs only; it does not encipher other keys.
  private func leaf(_ purpose: String, _ names: String) -> [(nid: Int32, value: String)] {
    [
      (NID_basic_constraints, "critical,CA:FALSE"),
      (NID_key_usage, "critical,digitalSignature"),
      (NID_ext_key_usage, purpose),
      (NID_subject_alt_name, names),
      (NID_subject_key_identifier, "hash"),
      (NID_authority_key_identifier, "keyid:always"),
    ]
  }
}
