import Glibc
import Testing

@testable import GRPCTransport

/// A port where connections are made and nothing is ever said: nobody accepts them, but the system
/// does as far as TCP goes.
final class MutePeer: Sendable {
  let host: String
  let port: Int
  private let descriptor: Int32

  /// - Parameter host: numeric; one of the test's own where the port is used again.
  init(host: String = "127.0.0.1") throws {
    self.host = host
    let address = SocketAddress(numericHost: host, port: 0)
    let socket = try Socket.listening(on: #require(address), backlog: 64)
    port = socket.localAddress?.port ?? 0
    descriptor = socket.detach()
  }

  deinit { close(descriptor) }
}
