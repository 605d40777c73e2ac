import ArgumentParsing
import CommandConsole
import GRPCTransport
import MomentoAuth
import TLSSession

/// What `wirebench call` is asked to do.
struct LoadOptions: Sendable {
  /// Which face of the client makes the calls.
  enum Face: String, Sendable, CaseIterable {
    /// `Channel.unary`, without metadata.
    case channel
    /// `AuthClient.refreshAPIKey`.
    case auth
  }

  /// When the measurement ends.
  enum Extent: Sendable, Equatable {
    case seconds(Double)
    case calls(UInt64)
  }

  var host: String
  var port: Int
  var trustRoots: TrustRoots?
  var face: Face
  var inFlight: Int
  var warmUp: Double
  var extent: Extent
  var connections: Int
  var loops: Int
  var runsOnLoop: Bool

  static let table = [
    Option(
      "target", .value(.init("host:port", isRequired: true)),
      "The server, such as one of "
        + "'wirebench serve'."),
    Option("tls", .flag, "Connect with TLS."),
    Option(
      "ca", .value(.init("file")), "Trust the authorities in this PEM file, and no others."),
    Option(
      "via", .value(.init("face", choices: Face.allCases.map(\.rawValue), fallback: "channel")),
      "Call through Channel.unary, or through AuthClient.refreshAPIKey."),
    Option(
      "in-flight", .value(.init("number", fallback: "64")), "How many calls run at any moment."),
    Option(
      "seconds", .value(.init("number", fallback: "2")),
      "How long to measure; 0 for one call only."),
    Option(
      "calls", .value(.init("number")), "Measure this many calls, instead of a time."),
    Option(
      "warm-up", .value(.init("number", fallback: "0.5")), "How many seconds to call unmeasured."),
    Option(
      "connections", .value(.init("number", fallback: "1")), "How many connections to call over."),
    Option(
      "loops", .value(.init("number", fallback: "1")), "How many event loops serve them."),
    Option("on-loop", .flag, "Run the callers on the event loops too."),
    .json,
  ]

  init(_ command: ParsedCommand) throws {
    guard let target = ListenAddress(parsing: command.value("target") ?? ""), target.port > 0 else {
      throw command.refusal("--target takes a host and a port, such as localhost:8080.")
    }
    // A certificate may be for the name alone.
    host = target.name
    port = target.port
    guard command.flag("tls") || command.value("ca") == nil else {
      throw command.refusal("--ca needs --tls.")
    }
    let roots = command.value("ca").map { TrustRoots.file($0) } ?? .system
    trustRoots = command.flag("tls") ? roots : nil
    face = command.value("via").flatMap(Face.init) ?? .channel
    inFlight = try command.number("in-flight", in: 1...100_000)
    warmUp = try command.seconds("warm-up")
    connections = try command.number("connections", in: 1...1_000)
    loops = try command.number("loops", in: 1...64)
    runsOnLoop = command.flag("on-loop")
    if command.value("calls") != nil {
      extent = .calls(UInt64(try command.number("calls", in: 1...10_000_000_000)))
    } else {
      extent = .seconds(try command.seconds("seconds"))
    }
  }
}

extension ParsedCommand {
  /// The value of an option that takes a whole number.
  func number(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let number = Int(value(name) ?? ""), range.contains(number) else {
      throw refusal(
        "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// The value of an option that takes a time in seconds.
  func seconds(_ name: String) throws(UsageError) -> Double {
    guard let number = Double(value(name) ?? ""), 0...3_600 ~= number else {
      throw refusal("--\(name) takes a number of seconds from 0 to 3600, such as 0.5.")
    }
    return number
  }
}
