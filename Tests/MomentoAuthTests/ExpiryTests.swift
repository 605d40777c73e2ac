import FoundationEssentials
import Testing

@testable import MomentoAuth

@Suite("An expiry")
struct ExpiryTests {
  private let now = Date(timeIntervalSince1970: 1_700_000_000.25)

  @Test(
    "counts seconds in any unit",
    arguments: [
      (.never, nil), (.seconds(1), 1), (.minutes(2), 120), (.hours(3), 10_800),
      (.days(90), 7_776_000),
      (.seconds(4_294_967_295), 4_294_967_295), (.duration(.milliseconds(1999)), 1),
    ] as [(ExpiresIn, UInt32?)])
  func units(_ expiry: ExpiresIn, _ seconds: UInt32?) throws {
    #expect(try expiry.validForSeconds(at: now) == seconds)
    #expect(expiry.doesExpire == (seconds != nil))
  }

  @Test(
    "that is not positive, or longer than the wire carries, is refused and never wraps around",
    arguments: [
      .seconds(0), .seconds(-1), .minutes(-1), .seconds(4_294_967_296), .seconds(.max),
      .days(.max), .days(.min), .hours(.max), .duration(.milliseconds(999)),
      .duration(.milliseconds(-1)), .duration(.seconds(Int64.max)), .duration(.seconds(Int64.min)),
      .until(Date(timeIntervalSince1970: 1_700_000_000)), .until(.distantPast),
      .until(.distantFuture), .until(Date(timeIntervalSince1970: .nan)),
      .until(Date(timeIntervalSince1970: .infinity)),
    ] as [ExpiresIn])
  func bounds(_ expiry: ExpiresIn) {
    let error = #expect(throws: MomentoError.self) { try expiry.validForSeconds(at: now) }
    #expect(error?.code == .invalidArgument)
  }

  @Test("until a date is counted when it is used, and rounded down")
  func until() throws {
    let date = Date(timeIntervalSince1970: 1_700_000_100)
    #expect(try ExpiresIn.until(date).validForSeconds(at: now) == 99)
    let later = now.addingTimeInterval(50)
    #expect(try ExpiresIn.until(date).validForSeconds(at: later) == 49)
  }

  @Test(
    "is read as a person types it",
    arguments: [
      ("30s", .seconds(30)), ("30m", .minutes(30)), ("12h", .hours(12)), (" 90d ", .days(90)),
      ("never", .never), ("NEVER", .never),
      ("2027-01-31", .until(Date(timeIntervalSince1970: 1_801_353_600))),
      ("2027-01-31T12:00:01Z", .until(Date(timeIntervalSince1970: 1_801_396_801))),
      ("2027-01-31T12:00Z", .until(Date(timeIntervalSince1970: 1_801_396_800))),
      ("2027-01-31 12:00:00.999Z", .until(Date(timeIntervalSince1970: 1_801_396_800))),
      ("2028-02-29", .until(Date(timeIntervalSince1970: 1_835_395_200))),
    ] as [(String, ExpiresIn)])
  func parsing(_ text: String, _ expected: ExpiresIn) throws {
    let expiry = try ExpiresIn(parsing: text)
    #expect(expiry == expected)
    #expect(try ExpiresIn(parsing: expiry.description) == expiry)
  }

  @Test(
    "that cannot be understood is refused with an example of what can",
    arguments: [
      "", "30", "m", "-1d", "+1d", "1.5h", "1w", "0d", "99999999999999999999d", "49711d",
      "2027-1-31",
      "2027-02-29", "2100-02-29", "2027-13-01", "2027-01-00", "1969-12-31", "2027-01-31T24:00:00Z",
      "2027-01-31T12:00:00", "2027-01-31T12:00:00+01:00", "2027-01-31T12:00:00.Z", "2027-01-31x",
      "١d", "tomorrow",
    ])
  func refusing(_ text: String) {
    let error = #expect(throws: MomentoError.self) { try ExpiresIn(parsing: text) }
    #expect(error?.code == .invalidArgument)
  }

  @Test("offers what the console offers")
  func presets() {
    #expect(ExpiresIn.consolePresets.map(\.description) == ["7d", "30d", "60d", "90d"])
  }

  @Test("of 0 means never")
  func never() {
    let never = ExpiresAt(epochSeconds: 0)
    #expect(never == .never && !never.doesExpire && never.date == nil)
    #expect(!never.isExpired(at: .distantFuture) && never.remaining(at: now) == nil)
    #expect(never.description == "never")
    #expect(ExpiresAt(epochSeconds: .max) < .never && !(ExpiresAt.never < .never))
  }

  @Test("is over from its very second on")
  func expired() {
    let expiry = ExpiresAt(epochSeconds: 1_700_000_000)
    #expect(expiry.isExpired(at: Date(timeIntervalSince1970: 1_700_000_000)))
    #expect(!expiry.isExpired(at: Date(timeIntervalSince1970: 1_699_999_999.9)))
    #expect(expiry.remaining(at: Date(timeIntervalSince1970: 1_699_999_990)) == .seconds(10))
    #expect(ExpiresAt(epochSeconds: .max).remaining(at: now) ?? .zero > .seconds(1 << 60))
  }

  @Test("made of a date is never taken for never")
  func dates() {
    #expect(ExpiresAt.date(Date(timeIntervalSince1970: 5.9)).epochSeconds == 5)
    #expect(ExpiresAt.date(Date(timeIntervalSince1970: 0)).epochSeconds == 1)
    #expect(ExpiresAt.date(.distantPast).epochSeconds == 1)
    #expect(ExpiresAt.date(Date(timeIntervalSince1970: .nan)).doesExpire)
    #expect(ExpiresAt.date(Date(timeIntervalSince1970: .infinity)).epochSeconds == .max)
  }

  @Test(
    "knows the leap days of the centuries",
    arguments: [
      (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
      (4_107_456_000, "2100-02-28T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (13_574_563_200, "2400-02-29T00:00:00Z"),
    ])
  func leapDays(_ seconds: UInt64, _ text: String) {
    #expect(ExpiresAt(epochSeconds: seconds).description == text)
    #expect(UTCDateTime(parsing: text)?.epochSeconds == seconds)
  }

  @Test("is written in the calendar as FoundationEssentials writes it")
  func calendar() throws {
    for day in stride(from: UInt64(0), through: 2_932_896, by: 331) {
      let seconds = day * 86_400 + day % 86_400
      let text = ExpiresAt(epochSeconds: max(1, seconds)).description
      let date = Date(timeIntervalSince1970: Double(max(1, seconds)))
      #expect(text == date.formatted(.iso8601))
      #expect(UTCDateTime(parsing: text)?.epochSeconds == max(1, seconds))
    }
    #expect(ExpiresAt(epochSeconds: .max).description == "9999-12-31T23:59:59Z")
  }
}
