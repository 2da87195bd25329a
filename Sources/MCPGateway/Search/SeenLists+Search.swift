import MCPCore
import MCPValues
import NIOCore

// MARK: - Tools that are not listed but found

extension SeenLists {
    /// How long a list may be with `auto`, in tools and in tokens, before its tools are found by search instead.
    private static let longestList = 40
    private static let longestListTokens = 20_000
    /// How many bytes of definitions one answer carries; of what is more, names only.
    private static let maximumBytes = 512 << 10

    private var discovery: ToolDiscovery { max(lists.selection.terms.discovery, narrowing.discovery) }

    /// Whether the tools for searching are there. They are also where a list is short: it may have been long before.
    var hasSearch: Bool { discovery != .list }

    /// Tells whether a list of tools is replaced by the tools for searching.
    ///
    /// - Parameter client: The name that the client gives of itself.
    func isSearched(_ list: OfferedList, by client: String?) -> Bool {
        switch discovery {
        case .list: false
        case .search: true
        case .auto:
            isLong(list)
                && !lists.selection.terms.selfSearchingClients.contains { name in
                    client.map(name.hasBytes) ?? false
                }
        }
    }

    private func isLong(_ list: OfferedList) -> Bool {
        list.count > Self.longestList
            || TokenEstimate.tokens(ofBytes: list.byteCount) > Self.longestListTokens
    }

    /// Returns the tools for searching, and those that are always listed.
    func searched(_ list: OfferedList) -> OfferedList {
        var all = OfferedList()
        for tool in SearchTool.allCases { all.append(tool.definition, of: 0, as: tool.rawValue) }
        let pinned = lists.selection.pinned
        guard !pinned.isEmpty else { return all }
        list.forEach { entry, bytes in
            if pinned.contains(ByteText(entry.name)), SearchTool(rawValue: entry.name) == nil {
                all.append(bytes, of: entry.member, entry.tool, as: entry.name)
            }
        }
        return all
    }

    // MARK: Answers

    /// Answers a call of one of the tools for searching, on the event loop: at once where the index is up to date.
    func answer(
        _ request: SearchRequest, _ id: RequestID, for era: Era, on eventLoop: any EventLoop,
        _ reply: @escaping @Sendable (ByteBuffer) -> Void
    ) {
        switch request {
        case .find(let query, let limit):
            withIndex(on: eventLoop) { reply(find(query, limit: limit, in: $0, id, for: era)) }
        case .describe(let names):
            withIndex(on: eventLoop) { reply(describe(names, in: $0, id, for: era)) }
        case .fault(let words): reply(result(id, text: words, structured: nil, isError: true, for: era))
        }
    }

    private func withIndex(on eventLoop: any EventLoop, _ body: @escaping @Sendable (OfferIndex) -> Void) {
        lists.search.index(of: lists) { index in eventLoop.runNowOrLater { body(index) } }
    }

    private func find(_ query: String, limit: Int, in index: OfferIndex, _ id: RequestID, for era: Era) -> ByteBuffer {
        let found = index.find(query, limit: limit, for: era, where: isOffered)
        return answer(to: id, tools: tools(found.tools), ("unmatched", found.unmatched), for: era)
    }

    private func describe(_ names: [String], in index: OfferIndex, _ id: RequestID, for era: Era) -> ByteBuffer {
        let known = names.map { ($0, index.definition(of: $0, for: era, where: isOffered)) }
        let tools = tools(known.compactMap { $0.1.map { OfferIndex.Match(definition: $0, score: 0) } }, scores: false)
        return answer(to: id, tools: tools, ("unknown", known.filter { $0.1 == nil }.map(\.0)), for: era)
    }

    private func isOffered(_ entry: OfferedList.Entry) -> Bool {
        entry.tool.map { wants($0, as: entry.name) } ?? false
    }

    /// Definitions, as many as one answer carries; of the others the names.
    private func tools(_ matches: [OfferIndex.Match], scores: Bool = true) -> [ByteBuffer] {
        var room = Self.maximumBytes
        return matches.map { match in
            var object = JSONObjectWriter()
            let definition = JSONText(accepted: match.definition).root
            let isWhole = match.definition.readableBytes <= room
            if isWhole { room -= match.definition.readableBytes }
            definition.forEachMember { name, value in
                if (isWhole || name == "name"), name != "score" || !scores { object.add(name, json: value.bytes) }
            }
            if scores { object.add("score", json: ByteBuffer(string: "\(match.score)")) }
            return object.finished
        }
    }

    private func answer(
        to id: RequestID, tools: [ByteBuffer], _ rest: (name: String, texts: [String]), for era: Era
    ) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("tools", elements: tools)
        object.add(rest.name, rest.texts)
        var structured = object.finished
        structured.blankLineBreaks()
        return result(id, text: String(buffer: structured), structured: structured, isError: false, for: era)
    }

    private func result(
        _ id: RequestID, text: String, structured: ByteBuffer?, isError: Bool, for era: Era
    ) -> ByteBuffer {
        var content = JSONObjectWriter()
        content.add("type", "text")
        content.add("text", text)
        var result = JSONObjectWriter()
        if era == .modern {
            result.add("resultType", "complete")
            var meta = JSONObjectWriter()
            meta.add("io.modelcontextprotocol/serverInfo", json: lists.introduction.serverInfo)
            result.add("_meta", json: meta.finished)
        }
        result.add("content", elements: [content.finished])
        if let structured { result.add("structuredContent", json: structured) }
        if isError { result.add("isError", json: ByteBuffer(string: "true")) }
        return OwnMessages.result(id: id, result.finished)
    }
}
