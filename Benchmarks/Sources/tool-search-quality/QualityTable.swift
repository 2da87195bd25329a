import ToolSearch

/// What each way to search finds: a table for each origin of queries, with both halves and all of them.
struct QualityTable {
    private let data: SearchData
    private let rankings: [(name: String, ranking: any Ranking)]

    init(_ data: SearchData) {
        self.data = data
        var plain = SearchTuning.plain
        let tools = data.tools
        var rankings: [(String, any Ranking)] = [
            ("substring", SubstringRanking(tools)), ("Okapi BM25", OkapiRanking(tools)),
            ("plain BM25F", SearchIndex(tools, plain)),
        ]
        plain.usesStems = true
        rankings.append(("plain BM25F, stems", SearchIndex(tools, plain)))
        var tuning = SearchTuning()
        tuning.usesStems = false
        rankings.append(("ours without stems", SearchIndex(tools, tuning)))
        tuning.usesStems = true
        tuning.usesSynonyms = false
        rankings.append(("ours without synonyms", SearchIndex(tools, tuning)))
        rankings.append(("**ours**", SearchIndex(tools, SearchTuning())))
        rankings.append(("ours, server in the name", SearchIndex(tools, SearchTuning(), withServers: true)))
        self.rankings = rankings
    }

    var lines: [String] {
        [false, true].flatMap { isOwn in
            let own = data.queries.filter { $0.isOwn == isOwn }
            let tuning = own.count { $0.isForTuning }
            let title = isOwn ? "Queries in users' words" : "Steps of tasks"
            return [
                "\(title): \(own.count), of which \(tuning) for tuning and \(own.count - tuning) held out", "",
                "| | tuning @1 | @5 | @10 | held out @1 | @5 | @10 | all @1 | @5 | @10 |",
                "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            ] + rankings.map { "| \($0.name) | \(cells($0.ranking, isOwn)) |" } + [""]
        }
    }

    private func cells(_ ranking: any Ranking, _ isOwn: Bool) -> String {
        [
            Recall(of: ranking, data) { $0.isOwn == isOwn && $0.isForTuning },
            Recall(of: ranking, data) { $0.isOwn == isOwn && !$0.isForTuning },
            Recall(of: ranking, data) { $0.isOwn == isOwn },
        ].map(\.cells).joined(separator: " | ")
    }
}
