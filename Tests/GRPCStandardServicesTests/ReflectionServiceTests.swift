import GRPCCall
import GRPCTransport
import Testing

@testable import GRPCStandardServices

@Suite struct ReflectionServiceTests {
  @Test func aFileWithAFaultIsRefusedWithThePlaceOfTheFault() {
    #expect {
      try ReflectionService(files: ["a.proto": "message M {\n  Missing m = 1;\n}"])
    } throws: {
      "\($0)" == "a.proto:2:11: the type \"Missing\" is not declared"
    }
  }

  @Test func extensionsAreFoundByTheirNumbers() async throws {
    let text = "message M { extensions 100 to 199; } extend M { optional int32 x = 105; }"
    try await withServer([try ReflectionService(files: ["a.proto": text])]) { channel in
      let method = MethodDescriptor<
        ReflectionRequest<ReflectionV1>, ReflectionResponse<ReflectionV1>
      >(
        service: "grpc.reflection.v1.ServerReflection", method: "ServerReflectionInfo",
        kind: .bidirectionalStreaming)
      let (requests, responses) = try channel.bidirectionalStreaming(method)
      var answers = responses.makeAsyncIterator()
      var request = ReflectionRequest<ReflectionV1>()
      request.question = .extensionNumbers(ofType: ".M")
      try await requests.send(request)
      #expect(
        try await answers.next()?.answer
          == .extensionNumbers(ExtensionNumberResponse(baseTypeName: "M", extensionNumber: [105])))
      request.question = .fileOfExtension(
        ExtensionRequest(containingType: "M", extensionNumber: 105))
      try await requests.send(request)
      let answer = try await answers.next()
      guard case .files(let files)? = answer?.answer else {
        Issue.record("no file but \(String(describing: answer))")
        return
      }
      #expect(files.fileDescriptorProto.count == 1)
      requests.finish()
      #expect(try await answers.next() == nil)
    }
  }
}
