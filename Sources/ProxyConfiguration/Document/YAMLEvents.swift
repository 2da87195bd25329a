internal import CLibYAML

/// The events of a YAML text in order, as libyaml finds them.
///
/// Nothing of it is understood here: what a plain text means, what an alias stands for and how deep it goes is for
/// ``YAMLDocumentReader``.
@safe
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// Where libyaml reads from; it keeps no copy.
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// - Throws: Where there is no memory for the parser.
    init(_ bytes: [UInt8]) throws(DocumentSyntaxError) {
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(fromContentsOf: bytes)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            unsafe input.deallocate()
            throw DocumentSyntaxError("there is no memory to read the file", at: .start)
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event; after the end of the stream, that again.
    ///
    /// - Throws: What breaks the grammar, and where.
    mutating func next() throws(DocumentSyntaxError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault }
        defer { unsafe yaml_event_delete(&event) }
        return YAMLEvent(kind: unsafe Self.kind(of: event), position: unsafe Self.position(event.start_mark))
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(unsafe text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let value = unsafe String(decoding: bytes, as: UTF8.self)
            let tag: YAMLScalar.Tag =
                if unsafe scalar.plain_implicit == 1 {
                    .plain
                } else if unsafe scalar.quoted_implicit == 1 {
                    .quoted
                } else {
                    .written(unsafe text(scalar.tag) ?? "")
                }
            return .scalar(YAMLScalar(text: value, tag: tag), anchor: unsafe text(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: unsafe text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: unsafe text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_STREAM_START_EVENT: return .streamStart
        default: return .streamEnd
        }
    }

    /// What libyaml gave up on. Its words name a mark of the grammar at most, and never quote the text.
    private var fault: DocumentSyntaxError {
        let problem =
            unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "the file cannot be read as YAML"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            let before = unsafe input.prefix(Int(parser.pointee.problem_offset))
            let line =
                unsafe before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).last ?? before
            let column = String(decoding: unsafe Array(line), as: UTF8.self).unicodeScalars.count + 1
            let lines = unsafe before.count { $0 == UInt8(ascii: "\n") }
            return YAMLFault(problem: problem, position: SourcePosition(line: lines + 1, column: column)).error
        }
        let position = unsafe Self.position(parser.pointee.problem_mark)
        let start = unsafe parser.pointee.context.map { _ in unsafe Self.position(parser.pointee.context_mark) }
        return YAMLFault(problem: problem, position: position, start: start, character: character(at: position)).error
    }

    private func character(at position: SourcePosition) -> Character? {
        // Scalars, since a line break of two characters counts as one of Swift's.
        let lines = String(decoding: unsafe Array(input), as: UTF8.self).unicodeScalars
            .split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(position.line - 1) else { return nil }
        return lines[position.line - 1].dropFirst(position.column - 1).first.map(Character.init)
    }

    private static func position(_ mark: yaml_mark_t) -> SourcePosition {
        SourcePosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}

/// One step through a YAML text.
struct YAMLEvent {
    /// What begins or ends here, or stands here whole.
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        /// What has the name given, once more.
        case alias(String)
        case scalar(YAMLScalar, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }

    /// What it is.
    var kind: Kind
    /// Where it begins.
    var position: SourcePosition
}
