import Foundation
import FoundationXML
import Testing

@testable import ConformanceSuite

@Suite struct JUnitTests {
  @Test("what a reason holds comes through a reader of XML unchanged")
  func escaping() throws {
    let reason = "a<b> & \"c\" 'd'\t]]> é\u{1F600}"
    let document = try parsed([result("a/b", .failed(reason))])
    let failure = try #require(try document.nodes(forXPath: "//failure").first as? XMLElement)
    #expect(failure.attribute(forName: "message")?.stringValue == reason)
  }

  @Test("what XML cannot hold is replaced")
  func forbidden() throws {
    #expect(JUnitReport.escaped("a\u{0}\u{1B}\u{FFFE}b") == "a\u{FFFD}\u{FFFD}\u{FFFD}b")
  }

  @Test("cases, failures and skipped ones are counted, a recommended one as skipped")
  func counts() throws {
    let results = [
      result("a/b", .passed), result("a/c", .failed("no")), result("a/d", .skipped("needs 'x'")),
      result("a/e", .failed("no"), level: "recommended"),
    ]
    #expect(try counts(of: results, isStrict: false) == ["4", "1", "2", "0"])
    #expect(try counts(of: results, isStrict: true) == ["4", "2", "1", "0"])
  }

  @Test(
    "times are seconds with three decimals",
    arguments: [
      (Duration.milliseconds(1), "0.001"), (.milliseconds(12_345), "12.345"), (.zero, "0.000"),
    ])
  func seconds(duration: Duration, text: String) {
    #expect(JUnitReport.seconds(duration) == text)
  }

  private func counts(of results: [CaseResult], isStrict: Bool) throws -> [String?] {
    let suite = try parsed(results, isStrict: isStrict).nodes(forXPath: "//testsuite").first
    return ["tests", "failures", "skipped", "errors"].map {
      (suite as? XMLElement)?.attribute(forName: $0)?.stringValue
    }
  }

  private func parsed(_ results: [CaseResult], isStrict: Bool = false) throws -> XMLDocument {
    try XMLDocument(
      xmlString: JUnitReport(results, name: "suite", isStrict: isStrict).text, options: [])
  }

  private func result(
    _ name: String, _ outcome: CaseResult.Outcome, level: String = "required"
  ) -> CaseResult {
    let rule = ConformanceCase.Rule(source: "s", says: "w")
    let test = ConformanceCase(
      name: name, title: "t", level: .init(rawValue: level) ?? .required, rule: rule, needs: [],
      steps: [])
    return CaseResult(test: test, outcome: outcome, duration: .milliseconds(5))
  }
}
