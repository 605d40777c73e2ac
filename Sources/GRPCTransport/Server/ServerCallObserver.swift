public import GRPCCall
import Locking

/// Hears of the calls of a server, such as to write them into a log.
public protocol ServerCallObserver: Sendable {
  /// A call of gRPC begins, before its handler does. Told like the end of it. Does nothing by default.
  func callBegan(_ context: ServerContext)
  /// A call has been answered, or its client has gone. It is told on the loop of the connection, so it
  /// must return at once.
  func callEnded(_ call: ServerCallRecord)
}

extension ServerCallObserver {
  /// Does nothing.
  public func callBegan(_ context: ServerContext) {}
}

/// A call that has ended.
public struct ServerCallRecord: Sendable {
  /// How a call has ended.
  public enum Outcome: Sendable, Equatable {
    /// A call of gRPC with its status. A client that went away makes it CANCELLED.
    case grpc(StatusCode)
    /// A request of plain HTTP with its status.
    case http(Int)
  }

  /// `/package.Service/Method`, or `GET /path` for a request of plain HTTP; as the client sent it.
  public let method: String
  /// How it ended.
  public let outcome: Outcome
  /// From the end of the request's headers to the answer.
  public let duration: Duration
  /// The client's address.
  public let peer: String
  /// What the handler noted.
  public let attributes: [String: String]
}

/// What a handler notes of its call for the observer. No secrets belong here.
public final class CallAttributes: Sendable {
  private let values = Locked<[String: String]>([:])

  init() {}

  /// The note of a name.
  public subscript(name: String) -> String? {
    get { values.withLock { $0[name] } }
    set { values.withLock { $0[name] = newValue } }
  }

  var all: [String: String] { values.withLock { $0 } }
}

/// A call that is under way, for the observer.
struct CallObservation {
  let method: String
  let peer: String
  let start: MonotonicTime
  let observer: any ServerCallObserver
  let attributes = CallAttributes()

  func ended(_ outcome: ServerCallRecord.Outcome, at end: MonotonicTime) {
    let nanoseconds = end > start ? end.nanoseconds - start.nanoseconds : 0
    observer.callEnded(
      ServerCallRecord(
        method: method, outcome: outcome,
        duration: .nanoseconds(Int64(clamping: nanoseconds)), peer: peer,
        attributes: attributes.all))
  }
}
