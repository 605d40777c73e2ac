import Glibc

/// Sees when files of a directory change: written in place, replaced by a rename, or exchanged all at
/// once as Kubernetes does with a volume, whose files are links through the link `..data`
/// (inotify(7)).
///
/// Changes on a network file system that another machine makes are not seen.
package enum DirectoryWatch {
  /// Ticks after each change of a file; changes that come close together make one tick.
  ///
  /// - Returns: nil where the directory cannot be watched. The stream ends when the directory goes, or
  ///   another takes its place; what watches it ends with the stream.
  package static func changes(ofFile path: String) -> AsyncStream<Void>? {
    let (directory, name) = split(path)
    // A link's own target, too, may be what is exchanged.
    let target = target(ofLink: path).flatMap { $0.split(separator: "/").first.map(String.init) }
    return changes(in: directory, of: Set([name, "..data"] + (target.map { [$0] } ?? [])))
  }

  /// Ticks after each change of files of a directory.
  ///
  /// - Parameter names: the files; nil for all.
  package static func changes(in directory: String, of names: Set<String>?) -> AsyncStream<Void>? {
    guard let watcher = Watcher(directory: directory, names: names) else { return nil }
    // One tick is enough for a reader that is late: it reads what is there then.
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    continuation.onTermination = { _ in watcher.stop() }
    let thread = DetachedThread {
      watcher.run { continuation.yield() }
      continuation.finish()
    }
    guard thread.start() else {
      watcher.close()
      continuation.finish()
      return nil
    }
    return stream
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = path[..<slash]
    return (directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...]))
  }

  private static func target(ofLink path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return -1 }
      return unsafe readlink(path, base, buffer.count)
    }
    guard count > 0, buffer[0] != UInt8(ascii: "/") else { return nil }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}

/// The descriptors of a watch: `run` reads them on a thread of its own, and closes all but the one by
/// which it is stopped.
private struct Watcher: Sendable {
  /// How long what comes after a first change is taken for part of it.
  private static let settling: Int32 = 20
  private static let changes = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB
  private static let endings = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED

  private let names: Set<String>?
  private let events: Int32
  /// A pair of sockets, of which one is closed to stop the watch. Not a pipe, because only sockets are
  /// made close-on-exec in one step here.
  private let stopped: Int32
  private let stopping: Int32

  init?(directory: String, names: Set<String>?) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
    (stopped, stopping) = (ends[0], ends[1])
    events = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    self.names = names
    let mask =
      Self.changes | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK
    guard events >= 0,
      unsafe inotify_add_watch(events, directory, UInt32(truncatingIfNeeded: mask)) >= 0
    else {
      close()
      stop()
      return nil
    }
  }

  /// May be called once, from anywhere.
  func stop() { _ = Glibc.close(stopping) }

  func close() {
    if events >= 0 { _ = Glibc.close(events) }
    _ = Glibc.close(stopped)
  }

  /// Watches until it is stopped or the directory is gone.
  func run(_ tick: () -> Void) {
    defer { close() }
    while wait(forEvents: true, milliseconds: -1) {
      var seen = Seen()
      drain(&seen)
      if seen.hasChanged, !seen.hasEnded {
        guard wait(forEvents: false, milliseconds: Self.settling) else { return }
        drain(&seen)
      }
      if seen.hasChanged { tick() }
      if seen.hasEnded { return }
    }
  }

  private struct Seen {
    var hasChanged = false
    var hasEnded = false
  }

  /// - Returns: false when the watch is stopped.
  private func wait(forEvents: Bool, milliseconds: Int32) -> Bool {
    var descriptors = [pollfd(fd: stopped, events: 0, revents: 0)]
    if forEvents { descriptors.append(pollfd(fd: events, events: Int16(POLLIN), revents: 0)) }
    while true {
      let count = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
      if count < 0, errno == EINTR { continue }
      return count >= 0 && descriptors[0].revents == 0
    }
  }

  private func drain(_ seen: inout Seen) {
    var buffer = [UInt8](repeating: 0, count: 16 * 1_024)
    while true {
      let count = unsafe read(events, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      take(buffer[..<count], &seen)
    }
  }

  /// Events follow one another: four words, of which the second is the mask and the last the length
  /// of the name that follows, which is filled up with NULs.
  private func take(_ bytes: ArraySlice<UInt8>, _ seen: inout Seen) {
    var rest = bytes
    while rest.count >= 16 {
      let header = Array(rest.prefix(16))
      let mask = Int32(bitPattern: word(header, at: 4))
      let length = Int(word(header, at: 12))
      rest = rest.dropFirst(16)
      let name = rest.prefix(length).prefix { $0 != 0 }
      rest = rest.dropFirst(length)
      if mask & IN_Q_OVERFLOW != 0 { seen.hasChanged = true }
      if mask & Self.endings != 0 { seen.hasEnded = true }
      if mask & Self.changes != 0, !name.isEmpty,
        names?.contains(String(decoding: name, as: UTF8.self)) ?? true
      {
        seen.hasChanged = true
      }
    }
  }

  private func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
  }
}

/// A thread that nobody waits for.
private final class DetachedThread: Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// - Returns: whether the system has a thread for it.
  func start() -> Bool {
    // The thread takes this reference over; where there is none, it is given back.
    let context = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
      guard let context = unsafe context else { return nil }
      let thread = unsafe Unmanaged<DetachedThread>.fromOpaque(context).takeRetainedValue()
      thread.body()
      return nil
    }
    guard unsafe pthread_create(&thread, nil, main, context.toOpaque()) == 0 else {
      unsafe context.release()
      return false
    }
    pthread_detach(thread)
    return true
  }
}
