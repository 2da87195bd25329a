import MCPCore
import MCPGateway
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

/// What refusals are on the wire: the table that clients rely on, written out.
@Suite struct WireErrorsTests {
    private struct Row {
        let reason: Refusal.Reason
        let code: ErrorCode
        let status: HTTPResponseStatus
        var headers: [String] = []
        var closes = false
    }

    private static let rows = [
        Row(reason: .malformed, code: .invalidRequest, status: .badRequest),
        Row(reason: .suspect, code: .invalidRequest, status: .badRequest, closes: true),
        Row(reason: .headTooLong, code: .invalidRequest, status: .requestHeaderFieldsTooLarge),
        Row(reason: .bodyTooLong, code: .invalidRequest, status: .payloadTooLarge),
        Row(reason: .tooSlow, code: .invalidRequest, status: .requestTimeout),
        Row(
            reason: .tokenMissing, code: .invalidRequest, status: .unauthorized,
            headers: ["WWW-Authenticate: Bearer"]),
        Row(
            reason: .tokenInvalid, code: .invalidRequest, status: .unauthorized,
            headers: [#"WWW-Authenticate: Bearer error="invalid_token""#]),
        Row(reason: .forbidden, code: .invalidRequest, status: .forbidden),
        Row(reason: .unknownPath, code: .invalidRequest, status: .notFound),
        Row(reason: .unknownSession, code: .invalidRequest, status: .notFound),
        Row(
            reason: .methodNotAllowed("GET"), code: .invalidRequest, status: .methodNotAllowed, headers: ["Allow: GET"]),
        Row(reason: .notAcceptable, code: .invalidRequest, status: .notAcceptable),
        Row(reason: .unsupportedMediaType, code: .invalidRequest, status: .unsupportedMediaType),
        Row(reason: .tooManyStreams, code: .invalidRequest, status: .conflict),
        Row(
            reason: .tooManyConnections, code: .invalidRequest, status: .serviceUnavailable,
            headers: ["Retry-After: 1"]),
        Row(reason: .invalidRequest, code: .invalidRequest, status: .ok),
        Row(reason: .identifierInUse, code: .invalidRequest, status: .badRequest),
        Row(reason: .invalidEnvelope, code: .invalidParams, status: .badRequest),
        Row(reason: .invalidParams, code: .invalidParams, status: .ok),
        Row(reason: .methodNotFound, code: .methodNotFound, status: .notFound),
        Row(reason: .headerMismatch, code: .headerMismatch, status: .badRequest),
        Row(reason: .unsupportedVersion, code: .unsupportedVersion, status: .badRequest),
        Row(reason: .missingClientCapability, code: .missingClientCapability, status: .badRequest),
        Row(reason: .inputNotGiven, code: .inputNotGiven, status: .ok),
        Row(reason: .invalidAnswer, code: .invalidAnswer, status: .ok),
        Row(reason: .shuttingDown, code: .shuttingDown, status: .serviceUnavailable, headers: ["Retry-After: 5"]),
        Row(reason: .overloaded, code: .overloaded, status: .serviceUnavailable, headers: ["Retry-After: 5"]),
    ]

    @Test("Each refusal has one code, one status and the header fields that its status asks for")
    func table() {
        for row in Self.rows {
            #expect(row.reason.code == row.code, "\(row.reason)")
            #expect(WireErrors.status(of: row.reason) == row.status, "\(row.reason)")
            #expect(WireErrors.headers(of: row.reason).map { "\($0): \($1)" } == row.headers, "\(row.reason)")
            #expect(WireErrors.closesConnection(row.reason) == row.closes, "\(row.reason)")
        }
        #expect(Set(Self.rows.map(\.reason)).count == Self.rows.count)
    }

    @Test("Of a server's own errors only those that the specification means for the request change the status")
    func serverErrors() {
        let known: [ErrorCode] = [.methodNotFound, .headerMismatch, .missingClientCapability, .unsupportedVersion]
        for code in known { #expect(Refusal.Reason(of: code)?.code == code) }
        // Also those that look like the proxy's own: a server may say them, and only the proxy means them.
        for code in [ErrorCode.overloaded, .shuttingDown, .invalidParams, .internalError, ErrorCode(rawValue: 7)] {
            #expect(Refusal.Reason(of: code) == nil)
        }
    }
}
