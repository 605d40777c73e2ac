import Foundation
import Locking
import RotationService
import Testing

@Suite struct JSONLogTests {
  private let written = Locked<[String]>([])

  private func log(
    _ level: JSONLog.Level = .info, seconds: Int = 1_795_505_490, nanoseconds: Int = 7_900_000
  ) -> JSONLog {
    JSONLog(level: level, now: { timespec(tv_sec: seconds, tv_nsec: nanoseconds) }) {
      [written] line in written.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
  }

  @Test func aLineIsOneJSONObjectWithItsFieldsInOrder() throws {
    log().log(
      .info, "rotated",
      [
        "secret": "file:/etc/key.json", "step": nil, "attempt": 2, "final": true,
        "ms": .milliseconds(.microseconds(84_999)),
      ])
    let expected =
      #"{"time":"2026-11-24T07:31:30.007Z","level":"info","message":"rotated","#
      + #""secret":"file:/etc/key.json","attempt":2,"final":true,"ms":84}"# + "\n"
    #expect(written.withLock { $0 } == [expected])
  }

  @Test func nothingInAFieldEndsTheLineOrPosesAsAnotherField() throws {
    let evil = "a\"b\\c\n{\"level\":\"error\"}\r\t\u{1}\u{2028}é"
    log().log(.warning, evil, ["level": "error", "x\"y": .text(evil), "twice": 1, "twice": 2])
    let line = try #require(written.withLock { $0 }.first)
    #expect(line.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["message"] as? String == evil)
    #expect(object["x\"y"] as? String == evil)
    #expect(object["level"] as? String == "warning")
    #expect(object["twice"] as? Int == 1)
  }

  @Test func linesBelowTheLevelAreLeftOut() {
    let log = log(.warning)
    for level in [JSONLog.Level.debug, .info, .warning, .error] { log.log(level, "m") }
    #expect(written.withLock(\.count) == 2)
  }

  @Test func everyTimeHasThreeDigitsOfASecond() {
    for nanoseconds in [0, 999_999_999, 50_000_000] {
      log(nanoseconds: nanoseconds).log(.info, "m")
    }
    let times = written.withLock { $0.map { String($0.dropFirst(9).prefix(24)) } }
    #expect(
      times == [
        "2026-11-24T07:31:30.000Z", "2026-11-24T07:31:30.999Z", "2026-11-24T07:31:30.050Z",
      ])
  }
}
