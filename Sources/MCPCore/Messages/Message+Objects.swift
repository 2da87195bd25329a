package import NIOCore

extension Message {
    /// Takes members out of one object of the message and puts others at its beginning; what stays is not touched.
    ///
    /// - Parameters:
    ///   - object: The object, from brace to brace.
    ///   - removed: Members of that object.
    ///   - inserted: Members as JSON, with commas between them but not around; empty for none.
    package func edits(
        of object: ByteRange,
        removing removed: [MemberSpan] = [],
        inserting inserted: ByteBuffer = ByteBuffer()
    ) -> [Edit] {
        var keepsMembers = bytes.byte(at: nextToken(from: object.lowerBound + 1)) != UInt8(ascii: "}")
        var edits: [Edit] = []
        for run in runs(removed) {
            let next = nextToken(from: run.upperBound)
            let previous = lastToken(before: run.lowerBound)
            if bytes.byte(at: next) == UInt8(ascii: ",") {
                edits.append(Edit(run.lowerBound..<nextToken(from: next + 1), .bytes(ByteBuffer())))
            } else if bytes.byte(at: previous) == UInt8(ascii: ",") {
                edits.append(Edit(previous..<run.upperBound, .bytes(ByteBuffer())))
            } else {
                keepsMembers = false
                edits.append(Edit(run, .bytes(ByteBuffer())))
            }
        }
        if inserted.readableBytes > 0 {
            var members = inserted
            if keepsMembers { members.writeStaticString(",") }
            let start = object.lowerBound + 1
            edits.append(Edit(start..<start, .bytes(members)))
        }
        return edits
    }

    /// Puts members at the beginning of `params._meta`; where that, or `params` itself, is not there, it is made.
    ///
    /// - Parameters:
    ///   - inserted: Members as JSON, with commas between them but not around.
    ///   - removed: Members of `params._meta` that are taken out.
    ///   - more: Further members of `params` itself, written in the same way; empty for none.
    package func metaEdits(
        inserting inserted: ByteBuffer,
        removing removed: [MemberSpan] = [],
        besides more: ByteBuffer = ByteBuffer()
    ) -> [Edit] {
        if let meta = envelope.meta, let params = envelope.params {
            let inMeta = edits(of: meta, removing: removed, inserting: inserted)
            return more.readableBytes == 0 ? inMeta : inMeta + edits(of: params, inserting: more)
        }
        var members = ByteBuffer()
        members.writeStaticString(#""_meta":{"#)
        members.writeImmutableBuffer(inserted)
        members.writeStaticString("}")
        if more.readableBytes > 0 {
            members.writeStaticString(",")
            members.writeImmutableBuffer(more)
        }
        if let params = envelope.params { return edits(of: params, inserting: members) }
        guard let method = envelope.methodName else { return [] }
        var params = ByteBuffer()
        params.writeStaticString(#","params":{"#)
        params.writeImmutableBuffer(members)
        params.writeStaticString("}")
        let end = method.upperBound + 1
        return [Edit(end..<end, .bytes(params))]
    }

    /// Members that stand side by side, as one span each.
    private func runs(_ members: [MemberSpan]) -> [ByteRange] {
        var runs: [ByteRange] = []
        for span in members.map(\.whole).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = runs.last, bytes.byte(at: nextToken(from: last.upperBound)) == UInt8(ascii: ","),
                nextToken(from: nextToken(from: last.upperBound) + 1) == span.lowerBound
            {
                runs[runs.count - 1] = last.lowerBound..<span.upperBound
            } else {
                runs.append(span)
            }
        }
        return runs
    }

    private func nextToken(from start: Int) -> Int {
        var index = start
        while Self.isBlank(bytes.byte(at: index)) { index += 1 }
        return index
    }

    private func lastToken(before end: Int) -> Int {
        var index = end - 1
        while index > 0, Self.isBlank(bytes.byte(at: index)) { index -= 1 }
        return index
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
