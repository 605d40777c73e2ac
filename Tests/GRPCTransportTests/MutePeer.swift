import Glibc

@testable import GRPCTransport

/// A port where connections are made and nothing is ever said: nobody accepts them, but the system
/// does as far as TCP goes.
final class MutePeer: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    let address = SocketAddress(.v4(address: UInt32(0x7f00_0001).bigEndian, port: 0))
    let socket = try Socket.listening(on: address, backlog: 64)
    port = socket.localAddress?.port ?? 0
    descriptor = socket.detach()
  }

  deinit { close(descriptor) }
}
