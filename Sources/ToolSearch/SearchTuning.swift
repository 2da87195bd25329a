/// What decides which tool comes first. The defaults are what was measured best; see docs/search-quality.md.
package struct SearchTuning: Sendable {
    /// How much a word counts in each field.
    package var weights = FieldVector(fields: [
        .name: 5, .server: 1, .title: 3, .summary: 2, .description: 0.5, .parameterName: 1, .parameterDescription: 0.5,
    ])
    /// How much less a word counts where the field is long, from 0 to 1 (`b`).
    package var lengthPenalties = FieldVector(repeating: 0.7)
    /// How soon a word that comes again adds nothing more (`k1`).
    package var saturation: Float = 4
    /// How much another word for one counts.
    package var synonymWeight: Float = 0.3
    /// How much of its score a tool loses that has hardly any of the query's words.
    package var coverage: Float = 0.25
    package var usesStems = true
    package var usesSynonyms = true
    package var usesStopWords = true

    /// What was measured best.
    package init() {}

    /// BM25F and nothing else, with the customary parameters.
    package static var plain: SearchTuning {
        var plain = SearchTuning()
        plain.weights = FieldVector(fields: [
            .name: 3, .server: 1, .title: 2, .summary: 1, .description: 1, .parameterName: 1,
            .parameterDescription: 0.5,
        ])
        plain.lengthPenalties = FieldVector(repeating: 0.75)
        plain.saturation = 1.5
        plain.coverage = 0
        plain.usesStems = false
        plain.usesSynonyms = false
        plain.usesStopWords = false
        return plain
    }
}

extension FieldVector {
    init(fields: [SearchField: Float]) {
        self.init()
        for (field, value) in fields { self[field] = value }
    }
}
