import COpenSSL
import Glibc

/// An X.509 certificate. Owns one reference to an `X509`.
@safe struct Certificate: ~Copyable {
  let pointer: OpaquePointer

  private init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe X509_free(pointer)
  }

  /// Takes over the reference that `pointer` stands for.
  static func adopt(_ pointer: OpaquePointer?) -> Certificate? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Certificate(pointer)
  }

  /// Calls `body` with each certificate of a PEM file, in order. Text between them is skipped.
  static func forEach(
    in bio: borrowing MemoryBIO, of source: String,
    _ body: (Int, borrowing Certificate) throws(TLSError) -> Void
  ) throws(TLSError) {
    var count = 0
    OpenSSLError.clearQueue()
    while let certificate = unsafe adopt(PEM_read_bio_X509(bio.pointer, nil, refusePassword, nil)) {
      try body(count, certificate)
      count += 1
      OpenSSLError.clearQueue()
    }
    let errors = OpenSSLError.takeAll()
    guard OpenSSLError.isEndOfPEM(errors) else {
      throw TLSError(
        phase: .configuration, summary: "certificate \(count + 1) in \(source) is damaged",
        errors: errors)
    }
    guard count > 0 else {
      throw TLSError(
        phase: .configuration,
        summary: "no certificate in PEM (-----BEGIN CERTIFICATE-----) in \(source)", errors: errors)
    }
  }

  /// The certificate in PEM.
  func pem() throws(TLSError) -> String {
    let bio = try MemoryBIO.empty()
    OpenSSLError.clearQueue()
    guard unsafe PEM_write_bio_X509(bio.pointer, pointer) == 1 else {
      throw .configuration("cannot write the certificate")
    }
    return bio.contents
  }

  /// What can be told of the certificate in words.
  var facts: CertificateFacts { unsafe CertificateFacts(of: pointer) }
}

/// The parts of a certificate that errors tell, copied out and safe to print.
struct CertificateFacts: Equatable, Sendable {
  /// The subject as in RFC 2253, control characters escaped.
  var subject: String
  /// The DNS names and IP addresses of the subject alternative name; at most 20.
  var names: [String]
  /// `2026-01-02T03:04:05Z`.
  var notBefore: String
  /// `2026-01-02T03:04:05Z`.
  var notAfter: String

  init(of certificate: OpaquePointer) {
    subject = unsafe CertificateFacts.text(of: X509_get_subject_name(certificate))
    names = unsafe CertificateFacts.names(of: certificate)
    notBefore = unsafe CertificateFacts.text(of: X509_get0_notBefore(certificate))
    notAfter = unsafe CertificateFacts.text(of: X509_get0_notAfter(certificate))
  }

  private static func text(of name: OpaquePointer?) -> String {
    guard let name = unsafe name, let bio = try? MemoryBIO.empty() else { return "" }
    _ = unsafe X509_NAME_print_ex(bio.pointer, name, 0, COpenSSL_XN_FLAG_RFC2253)
    return printable(bio.contents, limit: 400)
  }

  private static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
    var parts = unsafe tm()
    guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return "unknown" }
    let year = unsafe parts.tm_year, month = unsafe parts.tm_mon, day = unsafe parts.tm_mday
    let clock = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits)
    // Four-digit years and two-digit months: ASN.1 times hold no others.
    let date = [String(Int(year) + 1900), twoDigits(month &+ 1), twoDigits(day)]
    return date.joined(separator: "-") + "T" + clock.joined(separator: ":") + "Z"
  }

  private static func twoDigits(_ number: Int32) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func names(of certificate: OpaquePointer) -> [String] {
    let found = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil)
    OpenSSLError.clearQueue()
    guard let found = unsafe found else { return [] }
    let list = OpaquePointer(found)
    defer { unsafe GENERAL_NAMES_free(list) }
    var names: [String] = []
    for index in 0..<(unsafe COpenSSL_sk_GENERAL_NAME_num(list)) where names.count < 20 {
      guard let name = unsafe COpenSSL_sk_GENERAL_NAME_value(list, index) else { continue }
      unsafe text(of: name).map { names.append($0) }
    }
    return names
  }

  private static func text(of name: UnsafePointer<GENERAL_NAME>) -> String? {
    var type: Int32 = 0
    guard let value = unsafe GENERAL_NAME_get0_value(name, &type) else { return nil }
    guard type == GEN_DNS || type == GEN_IPADD else { return nil }
    let string = unsafe value.assumingMemoryBound(to: ASN1_STRING.self)
    let count = unsafe Int(ASN1_STRING_length(string))
    guard let start = unsafe ASN1_STRING_get0_data(string), count >= 0 else { return nil }
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    return type == GEN_DNS
      ? printable(String(decoding: bytes, as: UTF8.self), limit: 260) : address(bytes)
  }

  private static func address(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
    let characters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: characters, as: UTF8.self)
  }
}
