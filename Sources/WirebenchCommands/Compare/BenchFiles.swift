import CommandConsole
import GRPCCall
import LocalFiles
import ProtobufWire
import TLSSession

/// The files that the programs of a comparison need, in a directory of their own.
struct BenchFiles: Sendable {
  private let directory: ScratchDirectory

  var authority: String { "\(directory.path)/ca.pem" }
  var certificate: String { "\(directory.path)/certificate.pem" }
  var privateKey: String { "\(directory.path)/key.pem" }
  /// The request as it stands on the wire, with its five bytes of gRPC before it.
  var request: String { "\(directory.path)/request.bin" }

  /// Makes the directory, a certificate for this machine, and the request.
  init() throws(CommandFailure) {
    directory = try ScratchDirectory()
    do {
      try writeCertificate()
      try write(try Self.framedRequest(), to: request)
    } catch {
      remove()
      throw .system("cannot make the files of the benchmark: \(error)")
    }
  }

  /// Removes all of it.
  func remove() {
    directory.remove([authority, certificate, privateKey, request])
  }

  private static func framedRequest() throws -> [UInt8] {
    var bytes = try SampleCall.request.encoded(reservingPrefix: MessageFraming.prefixSize)
    _ = MessageFraming.writePrefix(into: &bytes)
    return bytes
  }

  private func writeCertificate() throws {
    let authority = try CertificateAuthority(commonName: "wirebench")
    let identity = try authority.issue(names: ["localhost", "127.0.0.1"])
    try write(Array(authority.certificatePEM.utf8), to: self.authority)
    try write(Array(identity.certificateChain.utf8), to: certificate)
    try write(Array(identity.privateKey.utf8), to: privateKey)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try AtomicFile(path: path).commit(bytes)
  }
}
