"""The message that every contender sends: a paper as the digest has it, already written for Telegram."""

TEXT = (
    '<b><a href="https://arxiv.org/abs/2403.18814">Mini-Gemini: Mining the Potential of Multi-modality Models</a></b>\n'
    "👍 24 · 2024-03-28\n"
    "Authors: Yanwei Li, Yuechen Zhang, Chengyao Wang, Zhisheng Zhong and 5 more\n\n"
    "• 긴 문서를 읽는 언어 모델이 실제로 무엇을 읽는지 살펴보고, 그 결과를 열한 가지 과제에서 비교합니다.\n"
    "• 작은 기억만으로도 전체를 읽는 모델과 같은 정확도를 내며, 비용은 열 배 적게 듭니다.\n"
    "• 코드와 데이터를 공개합니다."
)
BUTTONS = (
    ("arXiv", "https://arxiv.org/abs/2403.18814"),
    ("PDF", "https://arxiv.org/pdf/2403.18814"),
    ("Hugging Face", "https://huggingface.co/papers/2403.18814"),
)
PICTURE = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2403.18814.png"
TOKEN = "4242:token-of-the-benchmark"
# Connections that a pool may have; fifty messages are in flight.
POOL = 64
