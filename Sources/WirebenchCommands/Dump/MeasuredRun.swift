import CommandConsole
import Glibc

/// How long a program took, and how much memory.
struct MeasuredRun {
  var seconds: Double
  /// The most that was resident at once, in bytes.
  var peakMemory: Double

  /// Runs a program to its end; what it prints goes nowhere.
  init(_ command: ChildProcess.Command) throws(CommandFailure) {
    let start = BenchClock.now
    let process = try ChildProcess(command)
    var peak: UInt64 = 0
    // The highest mark only grows: what is missed between two looks is seen at the next.
    try process.waitUntilEnd(pause: 2_000) {
      let memory = ProcessMemory(process: "\(process.identifier)")
      peak = max(peak, memory?.peak ?? 0)
    }
    seconds = Double(BenchClock.now &- start) / 1e9
    peakMemory = Double(peak) * 1024
  }
}
