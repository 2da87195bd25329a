import AccessTokens
import Addresses
import MCPCore
import MCPUpstream
import NIOCore

/// Asks an issuer over HTTP. Redirects are not followed: what an issuer says counts only where it is said by the address
/// that the operator has named.
struct IssuerRequests: IssuerSource {
    /// For one request.
    static let timeout = TimeAmount.seconds(10)

    private let settings: IssuerSettings
    private let egress: HTTPEgress
    private let eventLoop: any EventLoop

    init(_ settings: IssuerSettings, egress: HTTPEgress, eventLoop: any EventLoop) {
        self.settings = settings
        self.egress = egress
        self.eventLoop = eventLoop
    }

    func fetchKeys(_ whenDone: @escaping @Sendable (Result<KeySet, IssuerFailure>) -> Void) {
        // Belongs to all who wait for it, of whom each may go away; ends by itself.
        Task {
            do throws(IssuerFailure) {
                whenDone(.success(try await keys()))
            } catch {
                whenDone(.failure(error))
            }
        }
    }

    func introspect(
        _ token: [UInt8], _ whenDone: @escaping @Sendable (Result<TokenClaims, IssuerFailure>) -> Void
    ) {
        // As above.
        Task {
            do throws(IssuerFailure) {
                whenDone(.success(try await claims(of: token)))
            } catch {
                whenDone(.failure(error))
            }
        }
    }

    private func keys() async throws(IssuerFailure) -> KeySet {
        let url: HTTPURL
        if let configured = settings.keysURL { url = configured } else { url = try await metadata().keysURL }
        let text = try await answer(to: HTTPCall(.get, url))
        do throws(KeySet.Fault) {
            return try KeySet(text)
        } catch {
            switch error {
            case .json(let error): throw IssuerFailure("\(url) is not JSON: \(error)")
            case .noKeys: throw IssuerFailure("\(url) is no set of keys: it has no list \"keys\"")
            }
        }
    }

    /// The metadata, from the first of the places at which there is any.
    private func metadata() async throws(IssuerFailure) -> IssuerMetadata {
        var failures: [String] = []
        for place in settings.address.placesOfIssuerMetadata {
            do throws(IssuerFailure) {
                let text = try await answer(to: HTTPCall(.get, place))
                return try IssuerMetadata(text, of: settings, from: place)
            } catch {
                failures.append(error.words)
            }
        }
        throw IssuerFailure("its metadata was not found: \(failures.joined(separator: "; "))")
    }

    private func claims(of token: [UInt8]) async throws(IssuerFailure) -> TokenClaims {
        guard let introspection = settings.introspection else {
            throw IssuerFailure("it has no introspection endpoint")
        }
        var call = HTTPCall(.post, introspection.url)
        call.mediaType = FormText.mediaType
        call.body = FormText.write([("token", token), ("token_type_hint", Array("access_token".utf8))])
        call.headers = [
            ("Authorization", FormText.basicCredentials(introspection.clientID, introspection.clientSecret))
        ]
        // Many of them are remembered.
        call.maximumBytes = 64 << 10
        let text = try await answer(to: call)
        do throws(JSONError) {
            return TokenClaims(try JSONText(scanning: text, maximumDepth: 32))
        } catch {
            throw IssuerFailure("\(introspection.url) does not answer in JSON: \(error)")
        }
    }

    /// The body of an answer that says yes.
    private func answer(to call: HTTPCall) async throws(IssuerFailure) -> ByteBuffer {
        var call = call
        call.timeout = Self.timeout
        call.maximumBytes = min(call.maximumBytes, KeySet.maximumBytes)
        call.egress = egress
        let answer: HTTPCall.Answer
        do throws(UpstreamFailure) {
            answer = try await call.send(on: eventLoop)
        } catch {
            throw IssuerFailure("\(call.url): \(error.logDetail)")
        }
        guard answer.status == 200 else {
            let redirects = (300..<400).contains(answer.status) ? ", and redirects are not followed" : ""
            throw IssuerFailure("\(call.url) answers with status \(answer.status)\(redirects)")
        }
        return answer.body
    }
}
