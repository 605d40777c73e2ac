import ArgumentParsing
import CommandConsole
import GRPCTransport
import LocalFiles
import TLSSession

/// The relay that a command line asks for.
struct TapOptions {
  private(set) var configuration: RelayConfiguration

  init(_ command: ParsedCommand) throws {
    guard let listen = ListenAddress(parsing: command.value("listen") ?? "") else {
      throw command.refusal("--listen takes an address and a port, such as 127.0.0.1:9000")
    }
    guard let target = Self.target(command.value("to") ?? "") else {
      throw command.refusal("--to takes a host and a port, such as api.example.com:443")
    }
    configuration = RelayConfiguration(
      listenHost: listen.host, listenPort: listen.port, targetHost: target.host,
      targetPort: target.port)
    configuration.maxConnections = try Self.number("max-connections", command)
    try addServerSecurity(command)
    try addClientSecurity(command, listen)
  }

  /// The value of an option that is a number from 1 on.
  static func number(_ name: String, _ command: ParsedCommand) throws -> Int {
    guard let number = Int(command.value(name) ?? ""), 1...1_000_000 ~= number else {
      throw command.refusal("--\(name) takes a number from 1 to 1000000")
    }
    return number
  }

  /// A name or an address, and a port.
  private static func target(_ text: String) -> (host: String, port: Int)? {
    if let address = ListenAddress(parsing: text), address.port > 0 {
      return (address.name, address.port)
    }
    return nil
  }

  private mutating func addServerSecurity(_ command: ParsedCommand) throws {
    guard command.flag("tls") else {
      for name in ["ca", "server-name"] where command.value(name) != nil {
        throw command.refusal("--\(name) is of no use without --tls")
      }
      return
    }
    configuration.serverSecurity = TLSClientConfiguration(
      trustRoots: command.value("ca").map { .file($0) } ?? .system,
      serverNameOverride: command.value("server-name"))
    if let security = configuration.serverSecurity {
      // A file that cannot be used is found out now and not with the first client.
      _ = try TLSContext(client: security)
    }
  }

  private mutating func addClientSecurity(
    _ command: ParsedCommand, _ listen: ListenAddress
  ) throws {
    switch (command.value("write-ca"), command.value("tls-cert"), command.value("tls-key")) {
    case (nil, nil, nil): break
    case (let path?, nil, nil):
      let authority = try CertificateAuthority(commonName: "wiredump tap")
      try Self.write(authority.certificatePEM, path)
      let names = ["localhost", "127.0.0.1", "::1"]
      configuration.clientSecurity = .issued(
        by: authority, names: names.contains(listen.host) ? names : names + [listen.host])
    case (nil, let chain?, let key?):
      let identity = Identity(
        certificateChain: try Self.text(chain), privateKey: try Self.text(key))
      _ = try TLSContext(
        server: TLSServerConfiguration(
          certificateChain: identity.certificateChain, privateKey: identity.privateKey))
      configuration.clientSecurity = .fixed(identity)
    default:
      throw command.refusal("give --write-ca alone, or --tls-cert and --tls-key together")
    }
  }

  private static func write(_ text: String, _ path: String) throws {
    let file = try AtomicFile(path: path, mode: 0o644)
    try file.commit(Array(text.utf8))
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try InputSource.file(path), as: UTF8.self)
  }
}
