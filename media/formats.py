"""What ffmpeg may open: containers and codecs of footage, and nothing that leads elsewhere.

Playlists, edit lists of other files and scripts (hls, dash, concat, sdp, imf, avisynth, lavfi,
image patterns) name other files or hosts; a dropped file may not. They are left out here, so
that ffmpeg refuses them whatever they are called.
"""

PROTOCOLS = "file,pipe"
MOST_PIXELS = 140_000_000  # of one picture: 12K of a cinema camera has 80 million
_MOVIES = (
    "mov mxf matroska webm avi mpegts mpeg mpegtsraw asf flv live_flv gxf lxf dv wtv rm nut ivf "
    "yuv4mpegpipe ogg r3d cine vc1 vc1test h264 hevc av1 obu m4v mpegvideo dirac swf "
    "dnxhd mjpeg avs2 avs3 h261 h263 nsv mtv mv smjpeg"
)
_SOUND = (
    "wav w64 aiff mp3 flac aac ac3 eac3 caf amr amrnb amrwb au ape wv tta dts dtshd truehd mlp "
    "dsf ast loas adx aptx oma qcp mpc mpc8 sox voc spdif tak xwma"
)
_STILLS = (
    "png_pipe jpeg_pipe tiff_pipe bmp_pipe webp_pipe dpx_pipe exr_pipe jpegxl_pipe j2k_pipe "
    "psd_pipe gif image2 jpegls_pipe qoi_pipe"
)
FORMATS = ",".join(f"{_MOVIES} {_SOUND} {_STILLS}".split())
