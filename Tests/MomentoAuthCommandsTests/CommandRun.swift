import CommandConsole
import FoundationEssentials
import MomentoAuthCommands
import MomentoAuthService
import Synchronization
import Testing

/// What a command did.
struct CommandRun {
  var exitCode: Int32
  var output: String
  var errors: String

  /// The JSON on standard output.
  func json<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(output.utf8))
  }
}

/// Runs `momento-auth` with a line of arguments, in this process.
func momentoAuth(
  _ line: String, input: String = "", environment: [String: String] = [:],
  terminal: Bool = false, now: Date = Date(), executable: String? = nil
) async -> CommandRun {
  await momentoAuth(
    arguments: line.split(separator: " ").map(String.init), input: input,
    environment: environment, terminal: terminal, now: now, executable: executable)
}

func momentoAuth(
  arguments: [String], input: String = "", environment: [String: String] = [:],
  terminal: Bool = false, now: Date = Date(), executable: String? = nil,
  whenAskedForTime: @escaping @Sendable () -> Void = {}
) async -> CommandRun {
  let output = MemorySink(isTerminal: terminal)
  let errors = MemorySink(isTerminal: terminal)
  var context = CommandContext(
    arguments: arguments, environment: environment,
    readStandardInput: { limit in input.utf8.count <= limit ? Array(input.utf8) : nil },
    standardOutput: output, standardError: errors,
    now: {
      whenAskedForTime()
      return now
    }, untilTerminated: {})
  context.executable = executable
  let exitCode = await MomentoAuthCommand.run(context)
  return CommandRun(exitCode: exitCode, output: output.text, errors: errors.text)
}

/// Keeps what is written.
final class MemorySink: TextSink {
  let isTerminal: Bool
  private let written = Mutex("")
  private let whenWritten: @Sendable (String) -> Void

  init(isTerminal: Bool = false, whenWritten: @escaping @Sendable (String) -> Void = { _ in }) {
    self.isTerminal = isTerminal
    self.whenWritten = whenWritten
  }

  var text: String { written.withLock { $0 } }

  func write(_ text: String) {
    written.withLock { $0 += text }
    whenWritten(text)
  }
}

/// An auth service on a free port, for as long as the body runs.
func withService<Result>(
  _ security: EmbeddedAuthService.Security = .plaintext,
  configure: (inout AuthServiceConfiguration) -> Void = { _ in },
  _ body: (_ address: String, _ service: EmbeddedAuthService) async throws -> Result
) async throws -> Result {
  var configuration = AuthServiceConfiguration()
  configure(&configuration)
  let service = try EmbeddedAuthService(security: security, configuration: configuration)
  let address = try await service.start()
  do {
    let result = try await body(address.description, service)
    await service.shutdown()
    return result
  } catch {
    await service.shutdown()
    throw error
  }
}

/// A directory of its own, which goes when the body is done.
func withDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let path = FileManager.default.temporaryDirectory.path + "/momento-auth-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  do {
    let result = try await body(path)
    try FileManager.default.removeItem(atPath: path)
    return result
  } catch {
    try FileManager.default.removeItem(atPath: path)
    throw error
  }
}

/// A disk that is full.
struct FullSink: TextSink {
  struct Full: Error {}

  let isTerminal = false
  func write(_ text: String) throws { throw Full() }
}

/// The JSON forms that other programs rely on.
struct Session: Decodable {
  var sessionToken: String
  var validForSeconds: Int
}

struct Issued: Decodable {
  var apiKey: String
  var refreshToken: String?
  var endpoint: String
  var validUntil: UInt64
}

struct Failure: Decodable {
  struct Content: Decodable {
    var code: String
    var grpcStatus: String?
    var message: String
    var hint: String
  }

  var error: Content

  init(_ run: CommandRun) throws {
    self = try JSONDecoder().decode(Failure.self, from: Data(run.errors.utf8))
  }
}
