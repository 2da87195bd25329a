package import NIOCore

extension Message {
    /// The message with another value in the place of one, without reading it again: only where things stand has changed.
    ///
    /// - Parameters:
    ///   - range: The value, as the envelope has it: nothing that the envelope points at stands within it.
    ///   - value: Another JSON value of the same kind.
    package func replacing(_ range: ByteRange, by value: ByteBuffer) -> Message {
        var other = ByteBuffer()
        other.reserveCapacity(bytes.readableBytes + value.readableBytes)
        unsafe bytes.withUnsafeReadableBytes { all in
            _ = unsafe other.writeBytes(UnsafeRawBufferPointer(rebasing: all[..<range.lowerBound]))
            other.writeImmutableBuffer(value)
            _ = unsafe other.writeBytes(UnsafeRawBufferPointer(rebasing: all[range.upperBound...]))
        }
        return Message(other, envelope.shifted(behind: range, by: value.readableBytes - range.count))
    }
}

extension Envelope {
    /// Where everything stands once a value is longer, or shorter, than it was.
    func shifted(behind range: ByteRange, by difference: Int) -> Envelope {
        guard difference != 0 else { return self }
        var other = self
        let shift = Shift(end: range.upperBound, difference: difference)
        other.methodName = shift(methodName)
        other.id = shift(id)
        other.params = shift(params)
        other.result = shift(result)
        other.error = shift(error)
        other.name = shift(name)
        other.uri = shift(uri)
        other.level = shift(level)
        other.meta = shift(meta)
        other.progressToken = shift(progressToken)
        other.requestID = shift(requestID)
        other.taskID = shift(taskID)
        other.inputResponses = shift(inputResponses)
        other.requestState = shift(requestState)
        other.metadata = Metadata(
            protocolVersion: shift(metadata.protocolVersion), clientInfo: shift(metadata.clientInfo),
            clientCapabilities: shift(metadata.clientCapabilities), logLevel: shift(metadata.logLevel),
            subscriptionID: shift(metadata.subscriptionID), traceParent: shift(metadata.traceParent),
            traceState: shift(metadata.traceState))
        other.resultMembers = ResultMembers(
            resultType: shift(resultMembers.resultType), ttl: shift(resultMembers.ttl),
            cacheScope: shift(resultMembers.cacheScope), meta: shift(resultMembers.meta),
            serverInfo: shift(resultMembers.serverInfo))
        return other
    }
}

/// Where something stands once a value before it, or within it, has another length.
private struct Shift {
    /// Of the value that was replaced, as it was.
    let end: Int
    let difference: Int

    func callAsFunction(_ range: ByteRange?) -> ByteRange? { range.map(callAsFunction) }

    private func callAsFunction(_ range: ByteRange) -> ByteRange {
        if range.upperBound < end { return range }
        // What ends with the value, or behind it, ends elsewhere; what begins behind it begins elsewhere, too.
        let start = range.lowerBound >= end ? range.lowerBound + difference : range.lowerBound
        return start..<range.upperBound + difference
    }

    func callAsFunction(_ span: MemberSpan?) -> MemberSpan? {
        guard let span else { return nil }
        let whole = callAsFunction(span.whole)
        return MemberSpan(nameStart: whole.lowerBound, value: callAsFunction(span.value))
    }
}
