import Glibc
import Locking

/// Why a capture file cannot be made.
public struct FileWireTapError: Error, Sendable, CustomStringConvertible {
  /// What was tried, and the system's number for why it failed.
  public let description: String
}

/// Writes what a channel's or a server's connections carry to a capture file that Wireshark, tshark
/// and `wiredump` read: a pcap file (draft-ietf-opsawg-pcap) of made-up TCP packets whose payload is
/// the HTTP/2 bytes, before TLS. Addresses stand for the connections' numbers, not for real peers.
///
/// The file holds **every secret that the calls hold**; it is made for its owner alone (0600). Each
/// record is whole by itself, so that a file that was cut off is read up to there.
///
/// Observing costs a copy into memory; a thread writes. What does not fit, because the disk is slower
/// than the connections or the file has reached its limit, is left out, and readers see a gap.
public final class FileWireTap: WireTap {
  /// Whose connections are seen.
  public enum Role: Sendable {
    /// A channel's: what is sent goes from client to server.
    case client
    /// A server's.
    case server
  }

  private let core: FileWireTapCore

  /// Makes the file, or empties it if it is there.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - role: whose connections are seen.
  ///   - maxFileSize: how many bytes the file may have; later ones are not recorded.
  /// - Throws: ``FileWireTapError`` if the file cannot be made for its owner alone.
  public init(path: String, role: Role, maxFileSize: Int = 1 << 30) throws(FileWireTapError) {
    let core = try FileWireTapCore(path: path, packets: TapPackets(role), limit: maxFileSize)
    self.core = core
    do {
      try startThread(named: "wire-tap") { core.writeUntilClosed() }
    } catch {
      throw FileWireTapError(description: "no thread writes \(path) (errno \(error.code))")
    }
  }

  deinit { core.close() }

  /// Records bytes as a packet, or more if they are many.
  public func observed(_ bytes: RawSpan, _ direction: WireDirection, connection: UInt64) {
    core.append(bytes, direction, connection)
  }

  /// Writes what has been observed so far. It blocks: not for a connection's loop.
  public func flush() { core.write() }

  /// Why the file is not complete; nil as long as it is.
  public var failure: String? { core.failure }
}

/// What a tap shares with the thread that writes its file.
private final class FileWireTapCore: Sendable {
  private struct State {
    var packets: TapPackets
    var buffer = TapPackets.fileHeader
    /// How many bytes have been put into the buffer since the file was made.
    var total = TapPackets.fileHeader.count
    var isClosed = false
    var failure: String?
  }

  private static let mostWaiting = 16 << 20

  private let descriptor: Int32
  private let limit: Int
  private let state: Locked<State>
  /// How many writes there were. Its lock keeps their order; nobody on a loop takes it.
  private let writing = Locked<UInt64>(0)
  private let wake = ThreadSemaphore(count: 1)

  init(path: String, packets: TapPackets, limit: Int) throws(FileWireTapError) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    descriptor = path.utf8.contains(0) ? -1 : unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw FileWireTapError(description: "cannot make the capture file \(path) (errno \(errno))")
    }
    self.limit = limit
    state = Locked(State(packets: packets))
    guard isPrivate() else {
      throw FileWireTapError(
        description: "the capture file \(path) is open to other users; choose another")
    }
  }

  deinit { Glibc.close(descriptor) }

  var failure: String? { state.withLock { $0.failure } }

  func append(_ bytes: RawSpan, _ direction: WireDirection, _ connection: UInt64) {
    let isFirst = state.withLock { state in
      let wasEmpty = state.buffer.isEmpty
      let space = min(Self.mostWaiting - state.buffer.count, limit - state.total)
      let before = state.buffer.count
      if !state.packets.append(bytes, direction, connection, space: space, to: &state.buffer) {
        state.failure = state.failure ?? "some bytes were left out: more than the file may hold"
      }
      state.total += state.buffer.count - before
      return wasEmpty && !state.buffer.isEmpty
    }
    if isFirst { wake.signal() }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    wake.signal()
  }

  func writeUntilClosed() {
    while !state.withLock({ $0.isClosed }) {
      wake.wait()
      write()
    }
    write()
  }

  func write() {
    writing.withLock { writes in
      writes &+= 1
      let bytes = state.withLock { state in
        let bytes = state.buffer
        state.buffer = []
        return bytes
      }
      var done = 0
      while done < bytes.count {
        // The range is within the array, and the call only reads.
        let count = unsafe bytes.withUnsafeBytes { buffer in
          unsafe Glibc.write(
            descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]).baseAddress,
            bytes.count - done)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return fail(errno) }
        done += count
      }
    }
  }

  private func fail(_ code: Int32) {
    state.withLock { $0.failure = $0.failure ?? "a write to the file failed (errno \(code))" }
  }

  private func isPrivate() -> Bool {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return false }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    return !isRegular || status.st_mode & 0o077 == 0 || fchmod(descriptor, 0o600) == 0
  }
}
