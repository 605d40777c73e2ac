import ConformanceSuite
import Foundation
import TestSupport
import Testing

@Suite struct SuiteTextTests {
  @Test(
    "the program carries each document as it stands in the repository",
    arguments: SuiteTexts.texts.keys.sorted())
  func carried(name: String) throws {
    let text = SuiteTexts.texts[name, default: ""]
    let own = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
    let file = try Data(contentsOf: fixture("conformance").appending(path: name))
    #expect(own != nil)
    #expect(own == (try JSONSerialization.jsonObject(with: file) as? NSDictionary))
  }

  @Test("no document of the repository is left behind")
  func complete() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture("conformance").path)
      .filter { $0.hasSuffix(".json") && $0 != "manifest.json" }
    #expect(Set(names) == Set(SuiteTexts.texts.keys))
  }

  @Test("the carried suite and the folder have the same cases")
  func folder() throws {
    let folder = try ConformanceSuite(folder: fixture("conformance").path)
    let carried = try ConformanceSuite.carried()
    #expect(folder.cases.map(\.name) == carried.cases.map(\.name))
    #expect(carried.cases.count > 150)
  }

  @Test("what a case needs is prepared, what it does not need is not")
  func preparations() throws {
    var suite = try ConformanceSuite.carried()
    suite.keep { $0 == "auth/refresh" }
    #expect(
      suite.preparations(for: suite.cases).compactMap(\.provides) == ["session", "superuser"])
    suite.keep { _ in false }
    #expect(suite.preparations(for: suite.cases).isEmpty)
  }

  @Test(
    "a document that is not right is refused with the place of the fault",
    arguments: [
      ("{", "x.json: "),
      (#"{"set":"a","title":"t"}"#, "x.json: No value associated with key"),
      (
        document(name: "b/c"), "x.json: the name 'b/c' does not begin with 'a/'"
      ),
      (
        document(name: "a/c", expect: #""nothing""#),
        "x.json: a/c: no expectation is called 'nothing'"
      ),
    ])
  func refused(text: String, reason: String) {
    let error = #expect(throws: SuiteError.self) { try ConformanceSuite(texts: ["x.json": text]) }
    #expect(error?.description.hasPrefix(reason) == true, "\(error?.description ?? "")")
  }

  @Test("a name that comes twice is refused")
  func twice() {
    let error = #expect(throws: SuiteError.self) {
      try ConformanceSuite(texts: [
        "x.json": document(name: "a/c"), "y.json": document(name: "a/c"),
      ])
    }
    #expect(error?.description == "two cases have the name 'a/c'")
  }
}

/// A document of one case.
func document(
  name: String, level: String = "required", expect: String = #"{"status":["OK"]}"#,
  body: String = "[]", needs: String = "[]"
) -> String {
  #"{"set":"a","title":"t","cases":[{"name":"\#(name)","title":"t","level":"\#(level)","#
    + #""rule":{"source":"s","says":"w"},"needs":\#(needs),"#
    + #""steps":[{"request":{"path":"/a/b","body":\#(body)},"expect":\#(expect)}]}]}"#
}
