package import FoundationEssentials

/// All that a command touches of the world, so that a test can stand in for it.
package struct CommandContext: Sendable {
  /// What was typed behind the name of the executable.
  package var arguments: [String]
  /// The environment variables.
  package var environment: [String: String]
  /// Reads standard input to its end; nil when it holds more than the given number of bytes.
  package var readStandardInput: @Sendable (_ limit: Int) -> [UInt8]?
  /// The descriptor of standard input, for a command that reads piece by piece; nil where there is none.
  package var standardInput: Int32?
  /// Where data goes.
  package var standardOutput: any TextSink
  /// Where everything else goes.
  package var standardError: any TextSink
  /// The time.
  package var now: @Sendable () -> Date
  /// Returns when the process is asked to end.
  package var untilTerminated: @Sendable () async -> Void
  /// This very executable, for a command that needs another process of it; nil where there is none.
  package var executable: String?

  /// A world that is given in full.
  package init(
    arguments: [String], environment: [String: String],
    readStandardInput: @escaping @Sendable (_ limit: Int) -> [UInt8]?,
    standardOutput: any TextSink, standardError: any TextSink,
    now: @escaping @Sendable () -> Date, untilTerminated: @escaping @Sendable () async -> Void
  ) {
    self.arguments = arguments
    self.environment = environment
    self.readStandardInput = readStandardInput
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.now = now
    self.untilTerminated = untilTerminated
  }
}

/// Where text goes. What is written has left the process when the call returns.
package protocol TextSink: Sendable {
  /// Whether a person looks at it.
  var isTerminal: Bool { get }
  /// Writes all of the text, or nothing once nobody reads any more.
  ///
  /// - Throws: when the text is lost for another reason, such as a disk that is full.
  func write(_ text: String) throws
  /// Writes bytes that may be no text.
  func write(_ bytes: Span<UInt8>) throws
  /// Whether it was seen that nobody reads any more.
  var isClosed: Bool { get }
}

extension TextSink {
  /// For a sink that only takes text: bytes that are text.
  package func write(_ bytes: Span<UInt8>) throws {
    guard let text = try? UTF8Span(validating: bytes) else {
      throw CommandFailure.system("these bytes are no text")
    }
    try write(String(copying: text))
  }

  package var isClosed: Bool { false }
}

extension CommandContext {
  /// Prints data: one line or several.
  package func print(_ text: String) throws { try write(text + "\n") }

  /// Writes data.
  package func write(_ text: String) throws {
    do {
      try standardOutput.write(text)
    } catch {
      throw CommandFailure.system("cannot write standard output: \(error)")
    }
  }

  /// Writes data that may be no text.
  package func write(_ bytes: [UInt8]) throws {
    do {
      try standardOutput.write(bytes.span)
    } catch {
      throw CommandFailure.system("cannot write standard output: \(error)")
    }
  }

  /// Tells the person something that is not data. A secret that went astray among the arguments is
  /// not repeated.
  package func note(_ text: String) {
    // Names of files and what a peer has said are in it.
    let lines = MisplacedSecrets(arguments: arguments).hidden(in: text)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).visible }
    // There is nowhere else to say that this cannot be said.
    try? standardError.write(lines.joined(separator: "\n") + "\n")
  }

  /// How to write to standard output.
  package var style: Style {
    Style(
      isOn: standardOutput.isTerminal && environment["NO_COLOR", default: ""].isEmpty
        && environment["TERM"] != "dumb")
  }
}
