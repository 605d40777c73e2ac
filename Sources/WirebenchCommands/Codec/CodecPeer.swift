import CommandConsole
import Glibc
import LocalFiles

/// Protobuf for C++ beside this codec: a program that is built on the spot and times the same messages.
struct CodecPeer {
  /// What it prints: of each message, and of each way, nanoseconds.
  typealias Times = [String: [String: Double]]

  private static let directory = ".build/peers"
  private static let program = directory + "/protobuf_codec"
  private static let source = "Tests/Peers/protobuf_codec.cc"
  private static let protos = "Protos"

  private let environment: [String: String]
  private let files: [String]

  /// Builds the program, and writes the messages for it.
  init(_ samples: [any CodecSample], environment: [String: String]) throws {
    self.environment = environment
    guard unsafe access(Self.source, R_OK) == 0 else {
      throw CommandFailure.system(
        "there is no \(Self.source) here",
        hint: "Run --peer in the directory of the package: the peer is built from its sources.")
    }
    try Self.makeDirectory()
    try Self.build(environment)
    files = samples.map { "\(Self.directory)/\($0.name).bin" }
    for (sample, file) in zip(samples, files) {
      try AtomicFile(path: file, mode: 0o644).commit(sample.bytes)
    }
  }

  /// Lets the program time every message.
  func times() throws -> Times {
    let effort = ["\(CodecTimer.batches)", "\(CodecTimer.nanosecondsPerBatch)"]
    let output = try Self.output([Self.program] + effort + files, environment)
    var times: Times = [:]
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ").map { $0.split(separator: "=", maxSplits: 1) }
      guard words.allSatisfy({ $0.count == 2 }), words.first?.first == "message" else {
        throw CommandFailure.system("\(Self.program) printed '\(line)', which is not expected")
      }
      let figures = words.filter { $0[0].hasSuffix("_ns") }
        .map { (String($0[0].dropLast(3)), Double($0[1]) ?? .nan) }
      times[String(words[0][1])] = Dictionary(figures) { $1 }
    }
    return times
  }

  private static func makeDirectory() throws {
    for path in [".build", directory] where unsafe mkdir(path, 0o755) != 0 && errno != EEXIST {
      throw CommandFailure.system("cannot make \(path): \(FileText.Failure.system())")
    }
  }

  private static func build(_ environment: [String: String]) throws(CommandFailure) {
    let names = ["auth", "permissionmessages"]
    do {
      _ = try output(
        ["protoc", "-I\(protos)", "--cpp_out=\(directory)"] + names.map { "\(protos)/\($0).proto" },
        environment)
      _ = try output(
        ["g++", "-O2", "-std=c++17", "-I\(directory)", source]
          + names.map { "\(directory)/\($0).pb.cc" } + ["-lprotobuf", "-lpthread", "-o", program],
        environment)
    } catch {
      throw CommandFailure(
        error.code, error.message, hint: "It needs g++, protobuf-compiler and libprotobuf-dev.")
    }
  }

  private static func output(
    _ arguments: [String], _ environment: [String: String]
  ) throws(CommandFailure) -> String {
    try ChildProcess(
      ChildProcess.Command(arguments, environment: environment), readsOutput: true,
      showsErrors: true
    ).wholeOutput()
  }
}
