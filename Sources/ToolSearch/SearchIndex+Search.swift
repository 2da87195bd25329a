extension SearchIndex {
    /// Looks for tools by words of what they are or do.
    ///
    /// Only what `admits` lets through counts, also when it is asked how rare a word is: nobody learns from scores what
    /// tools there are that he may not see.
    ///
    /// - Parameters:
    ///   - query: UTF-8. Read are its first 4,096 bytes and 64 different words.
    ///   - limit: How many tools are wanted at most.
    ///   - admits: Whether a tool may be found, by its number.
    package func search(_ query: some Sequence<UInt8>, limit: Int, where admits: (Int) -> Bool) -> SearchAnswer {
        var run = SearchRun(self, where: admits)
        let query = SearchQuery(query, in: run)
        var isAsked = [Bool](repeating: false, count: query.runs.count)
        var isFound = isAsked
        for concept in query.concepts {
            isAsked[concept.run] = true
            if run.count(concept) { isFound[concept.run] = true }
        }
        let unmatched = query.runs.indices.filter { isAsked[$0] && !isFound[$0] }.map { query.runs[$0] }
        return SearchAnswer(found: run.best(limit), unmatched: unmatched)
    }
}
