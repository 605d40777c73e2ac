import Testing

@testable import HTTPServer

@Suite struct RequestParserTests {
  private func parse(_ text: String) throws -> IncomingRequest? {
    var parser = RequestParser(mostBodyBytes: 20)
    parser.receive(text.utf8)
    return try parser.next()
  }

  private func status(_ text: String) -> Int? {
    do {
      return try parse(text) == nil ? nil : 200
    } catch let refusal as RequestParser.Refusal {
      return refusal.status
    } catch {
      return nil
    }
  }

  @Test func aRequestIsTakenApart() throws {
    let request = try #require(
      try parse(
        "PUT /a%20b?c=d?e HTTP/1.1\r\nHost: h\r\nX-A:\t b c \r\nContent-Length: 3\r\n\r\nxyz"))
    #expect(request.method == "PUT")
    #expect(request.path == "/a%20b")
    #expect(request.query == "c=d?e")
    #expect(request.field("x-a") == "b c")
    #expect(request.body == Array("xyz".utf8))
    #expect(request.keepsConnection)
  }

  @Test(arguments: [
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n",
  ])
  func everySplitIsReadAlike(text: String) throws {
    let bytes = Array((text + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n").utf8)
    for split in 0...bytes.count {
      var parser = RequestParser()
      var requests: [IncomingRequest] = []
      for part in [bytes[..<split], bytes[split...]] {
        parser.receive(part)
        while let request = try parser.next() { requests.append(request) }
      }
      #expect(requests.map(\.path) == ["/", "/next"])
      #expect(requests.first?.body == Array("hello".utf8))
      #expect(!parser.isInsideRequest)
    }
  }

  @Test func bytesThatComeOneByOneAreReadToo() throws {
    var parser = RequestParser()
    for byte in "GET / HTTP/1.1\r\nHost: h\r\n\r".utf8 {
      parser.receive([byte])
      #expect(try parser.next() == nil)
      #expect(parser.isInsideRequest)
    }
    parser.receive([0x0a])
    #expect(try parser.next() != nil)
  }

  @Test(arguments: [
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\nHost: h\n\n",
    "GET / HTTP/1.1\r\nHost: h\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nX: \0\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
    "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /\u{7f} HTTP/1.1\r\nHost: h\r\n\r\n",
    " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
  ])
  func whatCouldBeReadInTwoWaysIsRefused(text: String) {
    #expect(status(text) == 400)
  }

  @Test func theRefusalSaysWhatIsWrong() {
    let host = "Host: h\r\n"
    #expect(status("TRACE / HTTP/1.1\r\n\(host)\r\n") == 405)
    #expect(status("GET / HTTP/2.0\r\n\(host)\r\n") == 505)
    #expect(status("PUT / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip\r\n\r\n") == 501)
    #expect(status("PUT / HTTP/1.1\r\n\(host)Content-Length: 21\r\n\r\n") == 413)
    #expect(
      status("PUT / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\nffffffff\r\n") == 413)
    #expect(status("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 16_384))") == 431)
    #expect(status("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 16_000))") == nil)
  }

  @Test func aClientThatWaitsToBeAskedForItsBodyIsAskedOnce() throws {
    var parser = RequestParser()
    parser.receive(
      "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n".utf8)
    #expect(try parser.next() == nil)
    let asked = (parser.takeOwedContinue(), parser.takeOwedContinue())
    #expect(asked == (true, false))
    parser.receive([0x61])
    #expect(try parser.next()?.body == [0x61])
  }

  @Test func anOldOrClosingRequestIsTheLast() throws {
    #expect(try parse("GET / HTTP/1.0\r\n\r\n")?.keepsConnection == false)
    #expect(
      try parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n")?.keepsConnection == false)
  }
}
