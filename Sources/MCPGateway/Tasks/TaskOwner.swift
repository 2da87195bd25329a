import MCPCore
import NIOCore

/// A caller at a server, as the one to whom tasks belong: puts sealed identifiers into what a server says of tasks, and
/// takes them out of what the client says
/// ([tasks, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks), the
/// [extension](https://modelcontextprotocol.io/seps/2663-tasks-extension) of 2026-07-28).
struct TaskOwner: Sendable {
    let seal: TaskSeal
    let server: ServerConnections
    let principal: Principal

    static let relatedTask = "io.modelcontextprotocol/related-task"

    // MARK: From the client

    /// Returns a request with the server's identifiers in it.
    ///
    /// - Throws: when it names a task that is not this caller's, in the words that an unknown task gets.
    func opened(_ request: Message) throws(Refusal) -> Message {
        guard request.envelope.mayNameTask || request.isAboutTasks else { return request }
        if request.envelope.taskID == nil, request.isAboutTasks, request.method != .tasksList {
            throw Refusal(.invalidParams, "params.taskId must name a task")
        }
        var edits: [Edit] = []
        for name in names(in: request) {
            guard let edit = opened(name) else {
                throw Refusal(
                    .invalidParams, "Unknown task: \(name.place) names none of this caller's tasks")
            }
            edits.append(edit)
        }
        guard let message = respelled(request, edits) else {
            throw Refusal(.invalidParams, "params.taskId cannot be read")
        }
        return message
    }

    /// Tells whether a request is about a task of this caller at this server.
    func owns(_ request: Message) -> Bool {
        guard let id = request.view(request.envelope.taskID)?.string else { return false }
        return seal.open(id, server: server, for: principal) != nil
    }

    /// Returns a notification or a response with the server's identifiers in it, or the client's own where it carries
    /// out tasks itself; nil for one that must not be passed on.
    ///
    /// - Parameter mayBeClients: Whether the client may name tasks of its own, which servers give only to clients with
    ///   whom they are alone.
    func opened(_ message: Message, mayBeClients: Bool) -> Message? {
        guard message.envelope.mayNameTask else { return message }
        let names = names(in: message)
        let edits = names.compactMap(opened(_:))
        guard edits.count == names.count || mayBeClients else { return nil }
        return respelled(message, edits)
    }

    private func opened(_ name: TaskName) -> Edit? {
        guard let sealed = name.id, let id = seal.open(sealed, server: server, for: principal) else { return nil }
        seal.book.note(id, server: server, of: principal)
        return name.respelled(id)
    }

    private func respelled(_ message: Message, _ edits: [Edit]) -> Message? {
        guard !edits.isEmpty else { return message }
        // One string takes the place of another in what was accepted, so the result is a message again; if not, it goes
        // nowhere.
        return try? Message(message.spliced(edits), maximumDepth: Int.max, duplicateKeys: .accepted)
    }

    // MARK: From the server

    /// Returns what has to be changed in the answer to a request of this caller.
    func edits(_ answer: Message, to request: Message) -> [Edit] {
        guard answer.envelope.mayNameTask else { return [] }
        var edits = names(in: answer).compactMap(sealed(_:))
        if request.isAboutTasks, let tasks = answer.view(answer.envelope.result)?["tasks"], tasks.isArray {
            edits.append(Edit(tasks.range, .bytes(own(tasks))))
        }
        return edits
    }

    /// Returns what has to be changed in something that a server says to this caller and nobody else.
    func edits(_ message: Message) -> [Edit] {
        message.envelope.mayNameTask ? names(in: message).compactMap(sealed(_:)) : []
    }

    /// Returns a question of a server to this caller; nil for one that cannot be read. Where it is about a task that
    /// the client carries out itself, the identifier is the client's own.
    func sealed(_ question: Message) -> Message? {
        question.isAboutTasks ? question : respelled(question, edits(question))
    }

    /// Something that a server says to this caller and nobody else, as one line.
    ///
    /// - Parameter more: What else has to be changed.
    func line(_ notification: Message, _ more: [Edit] = []) -> ByteBuffer {
        let all = edits(notification) + more
        return all.isEmpty ? notification.singleLine : notification.spliced(all)
    }

    /// Tells whether all tasks are the caller's that are named in something that a server says to everybody.
    func mayHear(_ notification: Message) -> Bool {
        guard notification.envelope.mayNameTask else { return true }
        return names(in: notification).allSatisfy { name in
            name.id.map { seal.book.has($0, server: server, of: principal) } ?? false
        }
    }

    private func sealed(_ name: TaskName) -> Edit? {
        guard let id = name.id else { return nil }
        seal.book.note(id, server: server, of: principal)
        return name.respelled(seal.seal(id, server: server, for: principal))
    }

    /// Returns a list of tasks without those of others, and those that cannot be told.
    private func own(_ tasks: JSONView) -> ByteBuffer {
        var list = ByteBuffer(string: "[")
        for task in tasks.elements {
            guard let name = TaskName(task["taskId"], ""), let id = name.id,
                seal.book.has(id, server: server, of: principal)
            else { continue }
            if list.readableBytes > 1 { list.writeStaticString(",") }
            list.writeImmutableBuffer(task.replacing(name.value, by: seal.seal(id, server: server, for: principal)))
        }
        list.writeStaticString("]")
        return list
    }

    // MARK: Where tasks are named

    /// Returns the members that name a task, but for those of a list.
    private func names(in message: Message) -> [TaskName] {
        switch message.kind {
        case .request, .notification:
            let related = message.view(message.envelope.meta)?[Self.relatedTask]?["taskId"]
            return [
                TaskName(message.view(message.envelope.taskID), "params.taskId"),
                TaskName(related, "params._meta[\"\(Self.relatedTask)\"]"),
            ].compactMap { $0 }
        case .result:
            let result = message.view(message.envelope.result)
            return [
                TaskName(result?["taskId"], "taskId"), TaskName(result?["task"]?["taskId"], "task"),
                TaskName(result?["_meta"]?[Self.relatedTask]?["taskId"], "_meta"),
            ].compactMap { $0 }
        case .error: return []
        }
    }
}

/// A place in a message where a task is named.
private struct TaskName {
    let value: JSONView
    /// In words for the client.
    let place: String

    init?(_ value: JSONView?, _ place: String) {
        guard let value else { return nil }
        self.value = value
        self.place = place
    }

    /// The identifier; nil when it is none, since one must be a string.
    var id: String? { value.string }

    func respelled(_ id: String) -> Edit {
        Edit(value.range, .bytes(ByteBuffer(jsonString: id)))
    }
}

extension Message {
    /// Whether the method is one of those for tasks, also one that we do not know.
    var isAboutTasks: Bool {
        switch method {
        case .tasksGet, .tasksResult, .tasksList, .tasksUpdate, .tasksCancel: return true
        case .other:
            guard let name = envelope.methodName else { return false }
            let text = view(name.lowerBound - 1..<name.upperBound + 1)?.string
            return text?.utf8.starts(with: "tasks/".utf8) ?? false
        default: return false
        }
    }
}
