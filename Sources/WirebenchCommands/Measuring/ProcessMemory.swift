import CommandConsole
import LocalFiles

/// What `/proc` says of a process's memory, in KiB.
struct ProcessMemory: Equatable {
  /// The most that was resident at once. Not `ru_maxrss`: a process that was started by a larger one
  /// begins with that one's.
  let peak: UInt64
  /// What is resident now.
  let resident: UInt64

  /// Reads `/proc/PID/status`; nil where there is no such process, or no such file system.
  init?(process: String = "self") {
    guard let bytes = try? FileText.read(path: "/proc/\(process)/status", limit: 1 << 16) else {
      return nil
    }
    self.init(status: String(decoding: bytes, as: UTF8.self))
  }

  init?(status: String) {
    guard let peak = Self.field("VmHWM:", of: status),
      let resident = Self.field("VmRSS:", of: status)
    else { return nil }
    self.peak = peak
    self.resident = resident
  }

  private static func field(_ name: String, of status: String) -> UInt64? {
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { UInt64($0) }
  }
}
