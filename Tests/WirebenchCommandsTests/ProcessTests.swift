import CommandConsole
import GRPCTransport
import Glibc
import Testing

@testable import WirebenchCommands

@Suite struct ProcessTests {
  private func start(
    _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"],
    core: Int? = nil
  ) throws -> ChildProcess {
    try ChildProcess(
      .init(arguments, environment: environment, core: core), readsOutput: true)
  }

  @Test("a program gets its arguments and variables, and its output comes back")
  func output() throws {
    let child = try start(
      ["/bin/sh", "-c", "echo $0 $WORD", "first argument"],
      environment: ["PATH": "/bin", "WORD": "variable"])
    #expect(try child.wholeOutput() == "first argument variable\n")
  }

  @Test("a program runs on the core that it is given")
  func core() throws {
    let child = try start(["grep", "Cpus_allowed_list", "/proc/self/status"], core: 0)
    #expect(try child.wholeOutput() == "Cpus_allowed_list:\t0\n")
  }

  @Test("a program that fails, or is not there, is an error that names it")
  func failures() throws {
    let failing = try start(["/bin/sh", "-c", "exit 3"])
    let failure = try #require(throws: CommandFailure.self) { _ = try failing.wholeOutput() }
    #expect(failure.message == "'/bin/sh -c exit 3' ended with exit code 3")
    let killed = try start(["/bin/sh", "-c", "kill -9 $$"])
    let death = try #require(throws: CommandFailure.self) { _ = try killed.wholeOutput() }
    #expect(death.message.hasSuffix("ended with signal 9"))
    let missing = try #require(throws: CommandFailure.self) {
      _ = try start(["no-such-program-here"])
    }
    #expect(missing.message == "cannot start 'no-such-program-here': No such file or directory")
  }

  @Test("a program ends when nobody refers to it any more")
  func end() throws {
    var child: ChildProcess? = try start(["sleep", "1000"])
    let identifier = try #require(child?.identifier)
    #expect(child?.isRunning == true)
    #expect(kill(identifier, 0) == 0)
    child = nil
    #expect(kill(identifier, 0) != 0)
  }

  @Test("a server that ends instead of listening is an error")
  func noServer() throws {
    let failure = try #require(throws: CommandFailure.self) {
      _ = try MeasuredServer { _ in .init(["/bin/true"], environment: [:]) }
    }
    #expect(failure.message.hasPrefix("'/bin/true' does not listen on port "))
  }

  @Test("an idle connection is open until the server closes it")
  func idleConnection() async throws {
    let connection = try await withServer(SampleService()) { address in
      let connection = try IdleConnection(port: address.port)
      #expect(connection.isStillOpen())
      return connection
    }
    #expect(!connection.isStillOpen())
  }

  @Test("a server that does not speak HTTP/2 has no idle connection")
  func notHTTP2() throws {
    // Nobody accepts, so that the port answers nothing but a reset when it is closed.
    let port = try LocalPort.free()
    #expect(throws: CommandFailure.self) { _ = try IdleConnection(port: port) }
  }
}
