import Testing

@testable import TLSSession

@Suite struct RSASignatureTests {
  private func rsaKey(bits: Int) throws -> String {
    try openssl(["genrsa", "\(bits)"], input: "")
      .split(separator: "\n").joined(separator: "\n") + "\n"
  }

  private func publicKey(_ pem: String) throws -> TemporaryFile {
    try TemporaryFile(try openssl(["pkey", "-pubout"], input: pem))
  }

  private func signatureFile(_ signature: [UInt8]) throws -> TemporaryFile {
    // As text, because `TemporaryFile` holds no other: openssl turns it back.
    let file = try TemporaryFile("")
    let digits = signature.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let converted = try openssl(
      ["base64", "-d", "-A", "-out", file.path], input: base64(digits))
    #expect(converted.isEmpty)
    return file
  }

  private func base64(_ digits: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = digits.flatMap { digit in
      let value = digit.hexDigitValue ?? 0
      return [value >> 3 & 1, value >> 2 & 1, value >> 1 & 1, value & 1]
    }
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 6) {
      let group = bits[start..<min(start + 6, bits.count)]
      let value = group.reduce(0) { $0 << 1 | $1 } << (6 - group.count)
      text.append(alphabet[value])
    }
    return text + String(repeating: "=", count: (4 - text.count % 4) % 4)
  }

  @Test func opensslVerifiesWhatWasSigned() throws {
    let pem = try rsaKey(bits: 2_048)
    let message = "header.claims"
    let signature = try Crypto.signRS256(Array(message.utf8), pem: pem, whose: "test")
    #expect(signature.count == 256)
    let (key, file) = (try publicKey(pem), try signatureFile(signature))
    let arguments = ["dgst", "-sha256", "-verify", key.path, "-signature", file.path]
    #expect(try openssl(arguments, input: message) == "Verified OK\n")
    #expect(try openssl(arguments, input: message + ".").contains("OK") == false)
  }

  @Test func aKeyThatIsShortOrOfAnotherKindIsRefused() throws {
    let short = try rsaKey(bits: 1_024)
    #expect(throws: TLSError.self) {
      try Crypto.signRS256([], pem: short, whose: "test")
    }
    let curve = try PrivateKey.generate().pem()
    let error = #expect(throws: TLSError.self) {
      try Crypto.signRS256([], pem: curve, whose: "service account")
    }
    #expect(error?.description.contains("service account") == true)
  }
}
