import Locking
import TLSSession

/// The logins that wait until a person approves them on the page.
///
/// The code of a login is no secret: it tells the person which login they approve, and whoever knows it
/// can only approve or deny it. The session goes to the one who began the login, over their own stream.
final class WaitingLogins: Sendable {
  /// How a login ends.
  enum Outcome: Sendable {
    case approved
    case denied
    case timedOut
    case stopped
  }

  /// A login as the page shows it.
  struct Login: Sendable, Equatable {
    let code: String
    let peer: String
    /// In seconds since 1970.
    let since: UInt64
  }

  /// A login that has begun to wait.
  struct Wait: Sendable {
    let login: Login
    /// Gives one outcome.
    let outcome: AsyncStream<Outcome>
  }

  private struct Entry {
    let login: Login
    let outcome: AsyncStream<Outcome>.Continuation
  }

  private struct Entries {
    var byCode: [String: Entry] = [:]
    var isStopped = false
  }

  /// The most that wait at once.
  static let most = 32

  private let entries = Locked(Entries())

  /// The logins that wait, the oldest first.
  var all: [Login] {
    entries.withLock { $0.byCode.values.map(\.login) }
      .sorted { ($0.since, $0.code) < ($1.since, $1.code) }
  }

  /// Begins to wait.
  func begin(peer: String, at now: UInt64) throws(AuthRefusal) -> Wait {
    let login = Login(code: try Self.freshCode(), peer: peer, since: now)
    let (stream, continuation) = AsyncStream.makeStream(
      of: Outcome.self, bufferingPolicy: .bufferingOldest(1))
    try entries.withLock { (entries) throws(AuthRefusal) in
      guard !entries.isStopped else { throw .stopping }
      guard entries.byCode.count < Self.most, entries.byCode[login.code] == nil else {
        throw .tooMuch("\(Self.most) logins wait for approval already; approve or deny some")
      }
      entries.byCode[login.code] = Entry(login: login, outcome: continuation)
    }
    return Wait(login: login, outcome: stream)
  }

  /// Ends the waiting of a login.
  ///
  /// - Returns: false when none of that code waits.
  @discardableResult
  func end(_ code: String, _ outcome: Outcome) -> Bool {
    guard let entry = entries.withLock({ $0.byCode.removeValue(forKey: code) }) else {
      return false
    }
    entry.outcome.yield(outcome)
    entry.outcome.finish()
    return true
  }

  /// Ends all of them, and takes no more.
  func stop() {
    let codes = entries.withLock { entries in
      entries.isStopped = true
      return Array(entries.byCode.keys)
    }
    for code in codes { end(code, .stopped) }
  }

  /// `WDJB-MJHT`: letters that are not taken for others and make no words (RFC 8628 §6.1).
  private static func freshCode() throws(AuthRefusal) -> String {
    let letters = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    do {
      let bytes = try Crypto.randomBytes(8).map { letters[Int($0) % letters.count] }
      return String(decoding: bytes[..<4], as: UTF8.self) + "-"
        + String(decoding: bytes[4...], as: UTF8.self)
    } catch {
      throw .noKeys
    }
  }
}
