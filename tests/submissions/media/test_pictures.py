"""Photos and other pictures become pixels without a past."""

import io

import pytest
from PIL import Image, ImageCms

from tests.submissions.media.heic import heic
from tests.submissions.media.samples import photo

SECRETS = (b"Ada", b"SecretCam", b"Exif", b"EXIF", b"XMP", b"ICCP", b"ICC_PROFILE")


def is_red(pixel: tuple[int, ...]) -> bool:
    return pixel[0] > 200 and pixel[2] < 60


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_keeps_its_picture_and_loses_place_camera_and_person(preview, form):
    original = photo(form=form)
    assert b"Ada Teacher" in original

    made = preview(original, f"image/{form.lower()}")

    assert [each.kind for each in made.previews] == ["image", "thumb"]
    assert {each.content_type for each in made.previews} == {"image/webp"}
    for each in made.previews:
        content = each.path.read_bytes()
        assert not any(secret in content for secret in SECRETS)
        with Image.open(each.path) as image:
            assert not image.getexif()
            assert image.size == (each.width, each.height) == (80, 40)
            assert is_red(image.getpixel((5, 20)))
            assert not is_red(image.getpixel((75, 20)))
    assert (made.note, made.pages, made.seconds, made.texts) == ("", 0, None, [])


def test_a_photo_taken_sideways_is_turned_upright(preview):
    image = preview(photo(orientation=6), "image/jpeg").previews[0]  # 6: turn clockwise to see it upright

    with Image.open(image.path) as upright:
        assert upright.size == (40, 80)
        assert is_red(upright.getpixel((20, 5)))


def test_a_heic_photo_becomes_a_jpeg_that_is_upright_and_has_no_past(preview, tmp_path):
    with Image.open(io.BytesIO(photo())) as other:
        exif = other.info["exif"]
    original = heic(tmp_path, quarter_turns=3, exif=exif)
    assert b"Ada Teacher" in original

    image, thumb = preview(original, "image/heic").previews

    assert (image.content_type, thumb.content_type) == ("image/jpeg", "image/webp")
    assert not any(secret in image.path.read_bytes() + thumb.path.read_bytes() for secret in SECRETS)
    with Image.open(image.path) as upright:
        assert upright.size == (image.width, image.height) == (64, 128)
        assert is_red(upright.getpixel((60, 64)))
        assert not is_red(upright.getpixel((4, 64)))


def test_a_large_picture_is_made_smaller_and_a_small_one_is_left(preview):
    large = preview(photo(size=(3000, 1000)), "image/jpeg").previews

    assert [(each.width, each.height) for each in large] == [(2400, 800), (320, 107)]


def test_colours_are_shown_as_the_profile_of_the_picture_means_them(preview):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (10, 200, 30)).save(written, "PNG", icc_profile=srgb.tobytes())
    right = preview(written.getvalue(), "image/png").previews[0]
    with Image.open(right.path) as image:
        assert "icc_profile" not in image.info
        assert image.convert("RGB").getpixel((4, 4))[1] == pytest.approx(200, abs=6)

    written = io.BytesIO()
    Image.new("RGB", (8, 8), (10, 200, 30)).save(written, "PNG", icc_profile=lab.tobytes())
    unfit = preview(written.getvalue(), "image/png").previews[0]
    with Image.open(unfit.path) as image:
        assert image.convert("RGB").getpixel((4, 4))[1] == pytest.approx(200, abs=6)


def test_transparent_and_sixteen_bit_pictures_stay_what_they_look_like(preview):
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(preview(written.getvalue(), "image/png").previews[0].path) as clear:
        assert clear.getpixel((4, 4))[3] == 0

    written = io.BytesIO()
    Image.new("I;16", (8, 8), 0x4000).save(written, "PNG")
    with Image.open(preview(written.getvalue(), "image/png").previews[0].path) as grey:
        assert grey.convert("RGB").getpixel((4, 4))[0] == pytest.approx(0x40, abs=4)


def test_of_a_moving_picture_the_first_frame_is_shown_and_that_is_said(preview):
    written = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])

    assert preview(written.getvalue(), "image/gif").note == "This picture moves. Only its first frame is shown."


def test_a_photo_with_a_second_picture_behind_it_is_no_moving_picture(preview):
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "MPO", save_all=True, append_images=[Image.new("RGB", (4, 4))])

    assert preview(written.getvalue(), "image/jpeg").note == ""
