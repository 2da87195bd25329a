import Crypto
import MCPCore
import NIOCore
import Synchronization

/// Binds the identifiers of tasks to whoever created them: a client gets `tag.identifier`, and the tag can be made only
/// with the secret of that caller.
///
/// The tag depends on nothing that is lost when the proxy is restarted, because a task may live for days and clients
/// keep its identifier.
package final class TaskSeal: Sendable {
    /// 128 bits in hexadecimal digits.
    private static let tagLength = 32

    private let keys: Mutex<[Principal: SymmetricKey]>
    private let sharedKey = TaskSeal.key(of: [0])
    /// For callers that are not known, such as those whose token was taken away a moment ago: opens nothing that was
    /// sealed for others, nor after this run.
    private let strangerKey = SymmetricKey(size: .bits256)

    /// - Parameter secrets: What only a caller and the operator know; callers without one are all the same.
    package init(secrets: [Principal: [UInt8]]) {
        keys = Mutex(secrets.mapValues(Self.key(of:)))
    }

    /// Adds what only one more caller and the operator know.
    package func add(_ secret: [UInt8], of principal: Principal) {
        let key = Self.key(of: secret)
        keys.withLock { $0[principal] = key }
    }

    /// Forgets a caller.
    package func remove(_ principal: Principal) {
        keys.withLock { $0[principal] = nil }
    }

    private static func key(of secret: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret),
            info: Array("mcp-proxy task identifier".utf8),
            outputByteCount: 32
        )
    }

    /// The identifier for a client.
    func seal(_ id: String, route: Route, for principal: Principal) -> String {
        "\(tag(id, route, principal)).\(id)"
    }

    /// The server's identifier; nil when it was not this caller who created the task on this route.
    func open(_ sealed: String, route: Route, for principal: Principal) -> String? {
        guard sealed.utf8.count > Self.tagLength + 1 else { return nil }
        let split = sealed.utf8.index(sealed.startIndex, offsetBy: Self.tagLength)
        guard sealed.utf8[split] == UInt8(ascii: ".") else { return nil }
        let id = String(sealed[sealed.utf8.index(after: split)...])
        let expected = Array(tag(id, route, principal).utf8)
        let given = Array(sealed.utf8.prefix(Self.tagLength))
        // Takes the same time wherever they differ.
        let difference = zip(expected, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 && expected.count == given.count ? id : nil
    }

    private func key(of principal: Principal) -> SymmetricKey {
        principal == .anonymous ? sharedKey : keys.withLock { $0[principal] } ?? strangerKey
    }

    private func tag(_ id: String, _ route: Route, _ principal: Principal) -> String {
        var content = Array(route.name.utf8)
        content.append(0)
        content += id.utf8
        let code = HMAC<SHA256>.authenticationCode(for: content, using: key(of: principal))
        return code.prefix(Self.tagLength / 2).map { byte in
            String(decoding: [Hexadecimal.digit(byte >> 4), Hexadecimal.digit(byte & 15)], as: UTF8.self)
        }.joined()
    }
}

/// The tasks extension between a stateless client and a stateless server: everything passes, but for the identifiers of
/// tasks ([SEP-2663](https://modelcontextprotocol.io/seps/2663-tasks-extension)).
enum TaskBridge {
    /// The request with the server's identifier in it.
    ///
    /// - Throws: when the task is not this caller's, in the words that an unknown task gets.
    static func opened(_ request: StatelessRequest, _ seal: TaskSeal) throws(StatelessRefusal) -> Message {
        let message = request.message
        guard let range = message.envelope.taskID, let sealed = message.view(range)?.string else {
            throw StatelessRefusal(.invalidParams, "params.taskId must name a task")
        }
        guard let id = seal.open(sealed, route: request.route, for: request.principal) else {
            throw StatelessRefusal(.invalidParams, "Unknown task: params.taskId names none of this caller's tasks")
        }
        var text = ByteBuffer()
        text.writeJSONString(id)
        // One string takes the place of another, so the result is a message again.
        return (try? Message(message.spliced([Edit(range, .bytes(text))]))) ?? message
    }

    /// What has to be changed in an answer that names a task.
    static func edits(_ answer: Message, to request: StatelessRequest, _ seal: TaskSeal) -> [Edit] {
        guard mayNameTask(answer, request.message.method), let result = answer.view(answer.envelope.result),
            let task = result["taskId"], let id = task.string
        else { return [] }
        var text = ByteBuffer()
        text.writeJSONString(seal.seal(id, route: request.route, for: request.principal))
        return [Edit(task.range, .bytes(text))]
    }

    private static func mayNameTask(_ answer: Message, _ method: Method) -> Bool {
        switch method {
        case .tasksGet, .tasksUpdate, .tasksCancel: true
        default: answer.view(answer.envelope.resultMembers.resultType?.value)?.string == "task"
        }
    }
}
