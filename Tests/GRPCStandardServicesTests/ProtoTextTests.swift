import Foundation
import GRPCStandardServices
import MomentoAuthMessages
import TestSupport
import Testing

@Suite struct ProtoTextTests {
  @Test(
    arguments: MomentoProtos.texts.merging(StandardProtos.texts) { first, _ in first }.sorted {
      $0.key < $1.key
    })
  func carriesEachProtoFileAsItStandsInTheRepository(name: String, text: String) throws {
    let url = fixture("../Protos").appending(path: name)
    #expect(text == String(decoding: try Data(contentsOf: url), as: UTF8.self))
  }
}
