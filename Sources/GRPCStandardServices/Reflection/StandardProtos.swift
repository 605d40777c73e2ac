/// The `.proto` files of the services in this module, as they stand in `Protos/`: the program carries them
/// along, since nothing says where it will run.
package enum StandardProtos {
  /// The texts by the names under which files import each other.
  package static let texts: [String: String] = [
    "grpc/health/v1/health.proto": health,
    "grpc/reflection/v1/reflection.proto": reflection,
    "grpc/reflection/v1alpha/reflection.proto": reflectionAlpha,
  ]

  private static let health = """
    // gRPC's standard service for asking a server whether it can be used.
    //
    // Names, numbers and types are those of the gRPC project; see "GRPC Health Checking Protocol".
    syntax = "proto3";

    package grpc.health.v1;

    service Health {
      // The status as it is; NOT_FOUND for a service that the server does not have.
      rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
      // The status as it is, then each change of it.
      rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
    }

    message HealthCheckRequest {
      // A full service name; empty for the server as a whole.
      string service = 1;
    }

    message HealthCheckResponse {
      enum ServingStatus {
        UNKNOWN = 0;
        SERVING = 1;
        NOT_SERVING = 2;
        // In answers of Watch only.
        SERVICE_UNKNOWN = 3;
      }
      ServingStatus status = 1;
    }

    """

  private static let reflection = """
    // gRPC's standard service for asking a server which services it has and what their messages are.
    //
    // Names, numbers and types are those of the gRPC project; see "GRPC Server Reflection Protocol".
    syntax = "proto3";

    package grpc.reflection.v1;

    service ServerReflection {
      rpc ServerReflectionInfo(stream ServerReflectionRequest)
          returns (stream ServerReflectionResponse);
    }

    message ServerReflectionRequest {
      string host = 1;
      oneof message_request {
        string file_by_filename = 3;
        string file_containing_symbol = 4;
        ExtensionRequest file_containing_extension = 5;
        string all_extension_numbers_of_type = 6;
        // Any text.
        string list_services = 7;
      }
    }

    message ExtensionRequest {
      string containing_type = 1;
      int32 extension_number = 2;
    }

    message ServerReflectionResponse {
      string valid_host = 1;
      ServerReflectionRequest original_request = 2;
      oneof message_response {
        FileDescriptorResponse file_descriptor_response = 4;
        ExtensionNumberResponse all_extension_numbers_response = 5;
        ListServiceResponse list_services_response = 6;
        ErrorResponse error_response = 7;
      }
    }

    message FileDescriptorResponse {
      // Each a google.protobuf.FileDescriptorProto.
      repeated bytes file_descriptor_proto = 1;
    }

    message ExtensionNumberResponse {
      string base_type_name = 1;
      repeated int32 extension_number = 2;
    }

    message ListServiceResponse {
      repeated ServiceResponse service = 1;
    }

    message ServiceResponse {
      string name = 1;
    }

    message ErrorResponse {
      // A gRPC status code.
      int32 error_code = 1;
      string error_message = 2;
    }

    """

  private static let reflectionAlpha = """
    // gRPC's standard service for asking a server which services it has and what their messages are.
    //
    // Names, numbers and types are those of the gRPC project; see "GRPC Server Reflection Protocol".
    syntax = "proto3";

    package grpc.reflection.v1alpha;

    service ServerReflection {
      rpc ServerReflectionInfo(stream ServerReflectionRequest)
          returns (stream ServerReflectionResponse);
    }

    message ServerReflectionRequest {
      string host = 1;
      oneof message_request {
        string file_by_filename = 3;
        string file_containing_symbol = 4;
        ExtensionRequest file_containing_extension = 5;
        string all_extension_numbers_of_type = 6;
        // Any text.
        string list_services = 7;
      }
    }

    message ExtensionRequest {
      string containing_type = 1;
      int32 extension_number = 2;
    }

    message ServerReflectionResponse {
      string valid_host = 1;
      ServerReflectionRequest original_request = 2;
      oneof message_response {
        FileDescriptorResponse file_descriptor_response = 4;
        ExtensionNumberResponse all_extension_numbers_response = 5;
        ListServiceResponse list_services_response = 6;
        ErrorResponse error_response = 7;
      }
    }

    message FileDescriptorResponse {
      // Each a google.protobuf.FileDescriptorProto.
      repeated bytes file_descriptor_proto = 1;
    }

    message ExtensionNumberResponse {
      string base_type_name = 1;
      repeated int32 extension_number = 2;
    }

    message ListServiceResponse {
      repeated ServiceResponse service = 1;
    }

    message ServiceResponse {
      string name = 1;
    }

    message ErrorResponse {
      // A gRPC status code.
      int32 error_code = 1;
      string error_message = 2;
    }

    """
}
