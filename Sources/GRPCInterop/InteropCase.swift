import GRPCCall

/// gRPC's interoperability test cases, by the names of their descriptions.
package enum InteropCase: String, Sendable, CaseIterable {
  case emptyUnary = "empty_unary"
  case cacheableUnary = "cacheable_unary"
  case largeUnary = "large_unary"
  case clientStreaming = "client_streaming"
  case serverStreaming = "server_streaming"
  case pingPong = "ping_pong"
  case emptyStream = "empty_stream"
  case customMetadata = "custom_metadata"
  case statusCodeAndMessage = "status_code_and_message"
  case specialStatusMessage = "special_status_message"
  case unimplementedMethod = "unimplemented_method"
  case unimplementedService = "unimplemented_service"
  case cancelAfterBegin = "cancel_after_begin"
  case cancelAfterFirstResponse = "cancel_after_first_response"
  case timeoutOnSleepingServer = "timeout_on_sleeping_server"
  case rpcSoak = "rpc_soak"
  case channelSoak = "channel_soak"
  // Those of HTTP/2, against servers that misbehave or are strange.
  case goAway = "goaway"
  case rstAfterHeader = "rst_after_header"
  case rstDuringData = "rst_during_data"
  case rstAfterData = "rst_after_data"
  case ping
  case maxStreams = "max_streams"
  case dataFramePadding = "data_frame_padding"
  case noPaddingSanity = "no_df_padding_sanity_test"

  /// Runs the case.
  ///
  /// - Throws: ``InteropFailure`` when an answer is not as it should be, and `RPCError` when there is
  ///   none.
  package func run(_ client: InteropClient) async throws {
    switch self {
    case .emptyUnary: try await client.emptyUnary()
    case .cacheableUnary: try await client.cacheableUnary()
    case .largeUnary, .ping, .dataFramePadding, .noPaddingSanity: try await client.largeUnary()
    case .clientStreaming: try await client.clientStreaming()
    case .serverStreaming: try await client.serverStreaming()
    case .pingPong: try await client.pingPong()
    case .emptyStream: try await client.emptyStream()
    case .customMetadata: try await client.customMetadata()
    case .statusCodeAndMessage: try await client.statusCodeAndMessage()
    case .specialStatusMessage: try await client.specialStatusMessage()
    case .unimplementedMethod: try await client.unimplemented(TestMethods.unimplementedCall)
    case .unimplementedService: try await client.unimplemented(TestMethods.unimplementedService)
    case .cancelAfterBegin: try await client.cancelAfterBegin()
    case .cancelAfterFirstResponse: try await client.cancelAfterFirstResponse()
    case .timeoutOnSleepingServer: try await client.timeoutOnSleepingServer()
    case .rpcSoak: try await client.soak(newChannels: false)
    case .channelSoak: try await client.soak(newChannels: true)
    case .goAway: try await client.goAway()
    case .rstAfterHeader, .rstDuringData, .rstAfterData: try await client.resetStream()
    case .maxStreams: try await client.maxStreams()
    }
  }
}
