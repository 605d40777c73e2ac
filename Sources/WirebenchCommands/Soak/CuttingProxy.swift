import CommandConsole
import Glibc
import LocalFiles
import Locking

/// Carries the bytes of connections to a port of this machine, and cuts them when it is told to.
final class CuttingProxy: Sendable {
  /// Two ends, which are closed once both directions are over.
  private struct Link {
    var client: Int32
    var server: Int32
    var directions = 2
  }

  let port: Int
  private let listener: Int32
  private let upstream: Int
  private let links = Locked<[Int: Link]>([:])
  private let lastLink = Locked(0)

  init(to upstream: Int) throws(CommandFailure) {
    self.upstream = upstream
    (listener, port) = try LocalPort.listen()
    try Self.start("cutting-proxy") { [self] in accept() }
  }

  /// Ends it, and every connection.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    cut(all: true, isReset: false)
  }

  /// Cuts a connection, if there is one.
  ///
  /// - Returns: how many were cut.
  @discardableResult
  func cut(all: Bool = false, isReset: Bool) -> Int {
    // With the lock, so that no descriptor is closed, and its number another's, meanwhile.
    links.withLock { links in
      let chosen = all ? Array(links.values) : links.values.randomElement().map { [$0] } ?? []
      for link in chosen {
        for descriptor in [link.client, link.server] {
          if isReset { Self.resetAtClose(descriptor) }
          shutdown(descriptor, Int32(SHUT_RDWR))
        }
      }
      return chosen.count
    }
  }

  private static func resetAtClose(_ descriptor: Int32) {
    var value = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
  }

  private func accept() {
    defer { Glibc.close(listener) }
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { return }
      guard let server = try? LocalPort.connect(upstream) else {
        Glibc.close(client)
        continue
      }
      carry(Link(client: client, server: server))
    }
  }

  private func carry(_ link: Link) {
    let number = lastLink.withLock { last in
      last += 1
      return last
    }
    links.withLock { $0[number] = link }
    for (source, target) in [(link.client, link.server), (link.server, link.client)] {
      do {
        try Self.start("cutting-proxy") { [self] in
          Self.copy(from: source, to: target)
          end(number)
        }
      } catch {
        shutdown(source, Int32(SHUT_RDWR))
        end(number)
      }
    }
  }

  private func end(_ number: Int) {
    links.withLock { links in
      guard var link = links[number] else { return }
      link.directions -= 1
      links[number] = link.directions > 0 ? link : nil
      guard link.directions == 0 else { return }
      Glibc.close(link.client)
      Glibc.close(link.server)
    }
  }

  private static func copy(from source: Int32, to target: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe recv(source, &buffer, buffer.count, 0)
      guard count > 0, send(buffer[..<count], to: target) else { break }
    }
    shutdown(target, Int32(SHUT_WR))
    shutdown(source, Int32(SHUT_RD))
  }

  /// - Returns: whether all of it could be sent; a cut is no reason for a signal.
  private static func send(_ bytes: ArraySlice<UInt8>, to target: Int32) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      var rest = unsafe bytes[...]
      while unsafe !rest.isEmpty {
        let piece = unsafe UnsafeRawBufferPointer(rebasing: rest)
        let count = unsafe Glibc.send(target, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        unsafe rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private static func start(
    _ name: String, _ body: @escaping @Sendable () -> Void
  ) throws(CommandFailure) {
    do {
      try startThread(named: name, body)
    } catch {
      throw .system("the system has no thread to give (\(error.code))")
    }
  }
}
