import GRPCStandardServices
import GRPCTransport
import MomentoAuthMessages
import TLSSession

/// Why the embedded service cannot be made or started.
public struct EmbeddedAuthServiceError: Error, Sendable, CustomStringConvertible {
  /// What went wrong and, where something helps, what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The auth service on a socket of this machine: what a test, a demonstration or an offline
/// development setup talks to instead of Momento.
///
/// ```swift
/// let service = try EmbeddedAuthService(security: .ownAuthority)
/// let address = try await service.start()
/// // clients trust service.certificateAuthority
/// await service.shutdown()
/// ```
///
/// It also has gRPC's standard services for health and reflection, without a credential.
public final class EmbeddedAuthService: Sendable {
  /// How the service protects its connections.
  public enum Security: Sendable {
    /// Not at all: HTTP/2 with prior knowledge.
    case plaintext
    /// TLS, with an authority that is made in memory and lasts as long as the service. Its
    /// certificate is for `localhost`, the loopback addresses, the address listened on, and the
    /// `control.`, `cache.` and `token.` hosts of the configured endpoint.
    case ownAuthority
    /// TLS with a certificate chain and its private key, both PEM.
    case certificate(chain: String, privateKey: String)
  }

  /// Where the service listens.
  public struct Address: Sendable, Hashable, CustomStringConvertible {
    /// A numeric address, without brackets.
    public let host: String
    /// The port, never 0.
    public let port: Int
    /// `127.0.0.1:8080`, `[::1]:8080`.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  /// The certificate that clients must trust, in PEM, where the service has an authority of its own.
  public let certificateAuthority: String?
  private let host: String
  private let service: AuthService
  private let server: Server
  private let health = HealthService(services: ["auth.Auth", "token.Token"])

  /// Makes a service; it listens once it is started.
  ///
  /// - Parameters:
  ///   - host: the numeric address to listen on.
  ///   - port: the port; 0 lets the system choose a free one.
  /// - Throws: ``EmbeddedAuthServiceError`` when the certificate or key cannot be used.
  public init(
    host: String = "127.0.0.1", port: Int = 0, security: Security = .plaintext,
    configuration: AuthServiceConfiguration = AuthServiceConfiguration()
  ) throws(EmbeddedAuthServiceError) {
    let identity = try Self.identity(security, host: host, endpoint: configuration.endpoint)
    certificateAuthority = identity?.authority
    self.host = host
    var serverConfiguration = ServerConfiguration(host: host, port: port)
    serverConfiguration.shutdownGrace = .seconds(5)
    if let identity {
      serverConfiguration.transportSecurity = .tls(
        TLSServerConfiguration(certificateChain: identity.chain, privateKey: identity.privateKey))
    }
    do {
      service = try AuthService(configuration: configuration)
      server = try Server(
        configuration: serverConfiguration,
        services: [service, health, ReflectionService(files: MomentoProtos.texts)])
    } catch let error as EmbeddedAuthServiceError {
      throw error
    } catch {
      throw EmbeddedAuthServiceError("\(error)")
    }
  }

  /// Listens, and serves until ``shutdown()``.
  public func start() async throws(EmbeddedAuthServiceError) -> Address {
    do {
      return Address(host: host, port: try await server.start().port)
    } catch {
      throw EmbeddedAuthServiceError("\(error)")
    }
  }

  /// Stops listening, ends all subscriptions and lets other calls finish, for five seconds at most.
  public func shutdown() async {
    health.drain()
    service.endSubscriptions()
    await server.shutdown()
  }

  /// All caches and their items at this moment.
  package func dataSnapshot() -> DataSnapshot { service.dataSnapshot() }

  /// Adds the caches and the items of a snapshot, but for those that have expired.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` when they are more than the configuration allows; what
  ///   came before is kept.
  package func restore(_ snapshot: DataSnapshot) throws(EmbeddedAuthServiceError) {
    try service.restore(snapshot)
  }

  private typealias ServerIdentity = (authority: String?, chain: String, privateKey: String)

  private static func identity(
    _ security: Security, host: String, endpoint: String
  ) throws(EmbeddedAuthServiceError) -> ServerIdentity? {
    switch security {
    case .plaintext: return nil
    case .certificate(let chain, let privateKey): return (nil, chain, privateKey)
    case .ownAuthority:
      do {
        let authority = try CertificateAuthority(commonName: "momento-auth embedded service")
        let identity = try authority.issue(names: names(host: host, endpoint: endpoint))
        return (authority.certificatePEM, identity.certificateChain, identity.privateKey)
      } catch {
        throw EmbeddedAuthServiceError("no certificate can be made: \(error)")
      }
    }
  }

  /// Each name once: clients may come by any of them.
  private static func names(host: String, endpoint: String) -> [String] {
    var names = ["localhost", "127.0.0.1", "::1", host]
    for base in ["localhost", endpoint] where !base.contains(":") {
      names += ["control.", "cache.", "token."].map { $0 + base }
    }
    var seen: Set<String> = ["0.0.0.0", "::"]
    return names.filter { seen.insert($0).inserted }
  }
}
