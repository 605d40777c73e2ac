package import GRPCCall
import HTTP2Session
import TLSSession

/// Sends single requests of HTTP/2, each over a connection of its own, and shows the answers
/// unjudged: to find out how a server takes what a well-behaved client never sends.
package final class Probe: Sendable {
  private let target: Target
  private let security: ProbeSecurity?
  private let loop: EventLoop

  /// - Throws: when TLS cannot be set up as it is asked for, or the system gives no event loop.
  package init(target: Target, security: ClientTransportSecurity) throws(RPCError) {
    self.target = target
    do {
      self.security = try ProbeSecurity(security, target: target)
      loop = try EventLoopGroup.shared.next()
    } catch let error as TLSError {
      throw RPCError(ConnectionFailure(error), endpoint: target.description)
    } catch {
      throw RPCError(
        ConnectionFailure(phase: .connect, fault: .client, reason: "\(error)"),
        endpoint: target.description)
    }
  }

  /// Connects, sends a request and waits for the end of the answer.
  ///
  /// - Parameter timeout: for all of it, from the look-up of the name.
  /// - Throws: when there is no connection to send the request on. Whatever happens behind that is
  ///   an answer.
  package func send(
    _ request: ProbeRequest, timeout: Duration
  ) async throws(RPCError) -> ProbeAnswer {
    let target = target
    let result = await withCheckedContinuation { continuation in
      let connection = ProbeConnection(request, security) { continuation.resume(returning: $0) }
      let holder = LoopBound(connection, on: loop)
      holder.submit { connection, core in connection.start(timeout: timeout, on: core) }
      Resolver.resolve(host: target.host, port: target.port) { answer in
        holder.submit { connection, core in connection.resolved(answer, on: core) }
      }
    }
    switch result {
    case .success(let answer): return answer
    case .failure(let failure): throw RPCError(failure, endpoint: target.description)
    }
  }
}

/// What the TLS sessions of a probe are made of.
struct ProbeSecurity: Sendable {
  private let context: TLSContext
  private let serverName: String

  /// Nil for plaintext.
  init?(_ security: ClientTransportSecurity, target: Target) throws(TLSError) {
    guard case .tls(let tls) = security else { return nil }
    context = try TLSContext(client: tls)
    serverName = tls.serverNameOverride ?? target.host
  }

  func makeSession() throws(TLSError) -> TLSSession {
    try TLSSession(context: context, role: .client(serverName: serverName))
  }
}
