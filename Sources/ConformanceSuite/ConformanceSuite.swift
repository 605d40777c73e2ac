import FoundationEssentials
import LocalFiles

/// Cases, and what gets the credentials that they need.
package struct ConformanceSuite: Sendable {
  package private(set) var preparations: [ConformanceCase] = []
  package private(set) var cases: [ConformanceCase] = []

  /// Reads the documents of a suite.
  ///
  /// - Parameter texts: the texts in JSON, by the names of their files.
  /// - Throws: where one cannot be read, or a name comes twice.
  package init(texts: [String: String]) throws(SuiteError) {
    for name in texts.keys.sorted() {
      var document = try Self.document(name, texts[name, default: ""])
      try document.resolve(name)
      preparations += document.prepare ?? []
      cases += document.cases
      for test in document.cases where !test.name.hasPrefix(document.set + "/") {
        throw SuiteError("\(name): the name '\(test.name)' does not begin with '\(document.set)/'")
      }
    }
    var names: Set<String> = []
    for test in preparations + cases where !names.insert(test.name).inserted {
      throw SuiteError("two cases have the name '\(test.name)'")
    }
  }

  /// The suite that the program carries along.
  package static func carried() throws(SuiteError) -> ConformanceSuite {
    try ConformanceSuite(texts: SuiteTexts.texts)
  }

  private static func document(_ name: String, _ text: String) throws(SuiteError) -> SuiteDocument {
    do {
      return try JSONDecoder().decode(SuiteDocument.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw SuiteError("\(name): \(error.place)")
    } catch {
      throw SuiteError("\(name): \(error)")
    }
  }

  /// Reads the `*.json` files of a folder, other than its manifest.
  package init(folder: String) throws {
    var texts: [String: String] = [:]
    for name in try FileNames.list(folder)
    where name.hasSuffix(".json") && name != "manifest.json" {
      let bytes = try FileText.read(path: "\(folder)/\(name)", limit: Self.mostBytes)
      texts[name] = String(decoding: bytes, as: UTF8.self)
    }
    guard !texts.isEmpty else { throw SuiteError("there is no *.json file in \(folder)") }
    try self.init(texts: texts)
  }

  /// No document is larger.
  private static let mostBytes = 4 << 20

  /// Keeps the cases whose names are wanted.
  package mutating func keep(_ isWanted: (String) -> Bool) {
    cases.removeAll { !isWanted($0.name) }
  }

  /// The preparations that get what some cases need, in their order.
  package func preparations(for cases: [ConformanceCase]) -> [ConformanceCase] {
    var needed = Set(cases.flatMap(\.needs))
    var result: [ConformanceCase] = []
    for preparation in preparations.reversed() {
      guard let name = preparation.provides, needed.contains(name) else { continue }
      needed.formUnion(preparation.needs)
      result.insert(preparation, at: 0)
    }
    return result
  }
}

extension SuiteDocument {
  /// Puts shared expectations in the places of their names.
  fileprivate mutating func resolve(_ file: String) throws(SuiteError) {
    let shared = expectations ?? [:]
    for index in cases.indices { try cases[index].resolve(shared, file) }
    for index in (prepare ?? []).indices { try prepare?[index].resolve(shared, file) }
  }
}

extension ConformanceCase {
  fileprivate mutating func resolve(
    _ expectations: [String: Expectation], _ file: String
  ) throws(SuiteError) {
    for index in steps.indices {
      guard case .shared(let called) = steps[index].expect else { continue }
      guard let expectation = expectations[called] else {
        throw SuiteError("\(file): \(name): no expectation is called '\(called)'")
      }
      steps[index].expect = .own(expectation)
    }
  }
}

extension DecodingError {
  /// What is wrong, and where.
  fileprivate var place: String {
    let context: Context? =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context), .dataCorrupted(let context):
        context
      @unknown default: nil
      }
    guard let context else { return "it is not a suite" }
    let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
    return "\(context.debugDescription) at \(path.isEmpty ? "the start" : path.joined())"
  }
}
