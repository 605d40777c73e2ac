import CommandConsole
import Glibc

/// A server of a comparison: a process that listens on a port of this machine.
final class MeasuredServer {
  let port: Int
  private let process: ChildProcess

  /// Starts a server that is told its port, and waits until it takes connections.
  init(_ command: (_ port: Int) -> ChildProcess.Command) throws(CommandFailure) {
    port = try LocalPort.free()
    let command = command(port)
    process = try ChildProcess(command)
    for _ in 0..<500 {
      if let descriptor = try LocalPort.connect(port) {
        close(descriptor)
        return
      }
      guard process.isRunning else { break }
      usleep(10_000)
    }
    throw .system("'\(command.description)' does not listen on port \(port)")
  }

  var memory: ProcessMemory? { ProcessMemory(process: "\(process.identifier)") }
}
