import NIOCore

extension ToolHeaderMarks {
    /// The headers that a call with these arguments must carry.
    ///
    /// There is none for an argument that is missing, `null`, or out of reach because something on its path is not an
    /// object.
    ///
    /// - Returns: Names as the schema spells them, and values in the form that a header can hold.
    /// - Throws: `ToolMarkError.Code.invalidArgument` when an argument is not of the type that the schema says, or is
    ///   an integer beyond ±(2⁵³ − 1). The specification gives no header for those.
    package func headers(arguments: JSONView?) throws(ToolMarkError) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for (mark, value) in zip(marks, MarkedValues.find(marks, in: arguments)) {
            guard let value else { continue }
            headers.append((mark.headerName, HeaderValue.encode(try mark.text(of: value))))
        }
        return headers
    }

    /// What is wrong with the headers that came with a call, or nil when they agree with its arguments.
    ///
    /// The specification's table says which headers a client must send and must not send, so one that is missing is
    /// wrong, and one too many as well: it matches nothing in the body, and whoever sent the call past a check of the
    /// headers would gain by it. A header that comes twice is wrong whatever it says, because readers differ in which
    /// one they take.
    ///
    /// An argument of another type than the schema says is compared in its own form, since the upstream may well
    /// convert it; a list or an object has none, so such a call is refused.
    ///
    /// - Parameter headers: All values of a header, by its full name in lower case.
    /// - Returns: Words for the client that begin with the name of the header and quote no value.
    package func mismatch(arguments: JSONView?, headers: (String) -> [String]) -> String? {
        for (mark, value) in zip(marks, MarkedValues.find(marks, in: arguments)) {
            if let problem = mark.mismatch(value, received: headers(mark.headerName.lowercased())) {
                return "\(mark.headerName): \(problem)"
            }
        }
        return nil
    }
}

extension ToolHeaderMarks.Mark {
    /// The text that stands for a value, before it is encoded for a header.
    fileprivate func text(of value: JSONView) throws(ToolMarkError) -> String {
        switch kind {
        case .string:
            if let text = value.string { return text }
        case .boolean:
            if let flag = value.boolean { return flag ? "true" : "false" }
        case .integer:
            // JSON Schema counts `42.0` and `4.2e1` as integers; the header says `42`.
            if let number = DecimalNumber(value.bytes.readableBytesView)?.safeInteger { return String(number) }
        }
        let range = kind == .integer ? " between -(2^53-1) and 2^53-1" : ""
        throw ToolMarkError(
            code: .invalidArgument,
            reason: "the argument for \(headerName) is not of type \(kind.rawValue)\(range)"
        )
    }

    fileprivate func mismatch(_ value: JSONView?, received: [String]) -> String? {
        guard received.count < 2 else { return "the header comes more than once" }
        guard let value else {
            return received.isEmpty ? nil : "the header is there, but the argument has no value"
        }
        guard !value.isObject, !value.isArray else { return "the argument must be of type \(kind.rawValue)" }
        guard let header = received.first else { return "the header is missing, but the argument has a value" }
        guard let text = HeaderValue.decode(header) else { return "the value of the header cannot be decoded" }
        return agrees(value, text) ? nil : "the header differs from the argument"
    }

    private func agrees(_ value: JSONView, _ text: String) -> Bool {
        if let string = value.string { return string.utf8.elementsEqual(text.utf8) }
        if let flag = value.boolean { return text == (flag ? "true" : "false") }
        let written = value.bytes.readableBytesView
        // Only what the schema calls an integer is compared as a number: for a string, `42.0` and `42` are two values.
        guard kind == .integer, let left = DecimalNumber(written), let right = DecimalNumber(text.utf8) else {
            return written.elementsEqual(text.utf8)
        }
        return left == right
    }
}
